import BundleModel
import Testing

@testable import InstallCore

struct InstallErrorTests {
    private static let samples: [InstallError] = [
        .notRoot(uid: 1000), .busy(lock: "/x", owner: nil), .journalDamaged(path: "/x", line: 1, reason: "r"),
        .journalNewer(found: 2, known: 1), .untrusted(reason: "r", command: "c"),
        .badKeyArgument(source: "s", reason: "r"), .statementNotTrusted(keys: 0), .olderStatement(number: 1, seen: 2),
        .olderSequence(productLine: "p", bundle: 1, seen: 2), .olderThanCluster(productLine: "p", bundle: 1, lowest: 2),
        .preflight([]), .foreignState(what: "w", hint: "h"),
        .invalidOption(name: "--role", value: "", expected: "master or worker"),
        .configuration(path: "/x", reason: "r"), .otherRelease(installed: "1", bundle: "2"),
        .otherRole(installed: "master", asked: "worker"), .joinMissing, .step(name: "s", reason: "r"),
        .notReady(what: "w", seconds: 1, detail: ""), .undoIncomplete([]), .notInstalled, .notConfirmed,
    ]

    @Test(arguments: samples)
    func everyErrorSaysWhatToDoInOneLine(_ error: InstallError) {
        #expect(!error.message.isEmpty)
        #expect(!error.hint.isEmpty && !error.hint.contains("\n"))
    }
}

import Host
import Logging
import SystemPackage
import Testing

@testable import InstallCore

struct LoggedProcessRunnerTests {
    @Test func aFailingProgramsOutputIsInTheLogWithoutSecrets() async throws {
        let scratch = try Scratch()
        let path = scratch.path.appending("log").string
        let log = try InstallLog(path: path)
        var logger = Logger(label: "test") { _ in log.handler(also: SwiftLogNoOpLogHandler()) }
        logger.logLevel = .debug
        let runner = LoggedProcessRunner(runner: SystemProcessRunner(), logger: logger)
        let result = try await runner.run(
            Command("/bin/sh", ["-c", "seq 1 100; echo --token abcdef.0123456789abcdef >&2; exit 3"]))
        #expect(result.status == 3)
        let text = try #require(try scratch.text("/log"))
        #expect(text.contains("ended with status 3"))
        #expect(text.contains("  (41 lines left out)\n  42\n"))
        #expect(text.contains("\n  100\n"))
        #expect(!text.contains("0123456789abcdef"))
    }

    @Test(arguments: [Int32(0), 1])
    func whatKubeadmPrintsIsLoggedWholeAndOnce(_ status: Int32) async throws {
        let scratch = try Scratch()
        let log = try InstallLog(path: scratch.path.appending("log").string)
        var logger = Logger(label: "test") { _ in log.handler(also: SwiftLogNoOpLogHandler()) }
        logger.logLevel = .debug
        let printed = (1...200).map { "line \($0)\n" }.joined()
        let kubeadm = ScriptedPrograms([
            ("/usr/local/bin/kubeadm init", CommandResult(status: status, standardOutput: printed))
        ])
        var context = scratch.context(LoggedProcessRunner(runner: kubeadm, logger: logger))
        context.logger = logger
        let journal = try await Journal(scratch.root, clock: context.clock)
        let target = try Fixture.target(scratch).with(context)
        try? await KubeadmInitStep().apply(InstallRun(target: target, journal: journal))
        let lines = try #require(try scratch.text("/log")).split(separator: "\n")
        for number in [1, 100, 200] { #expect(lines.count { $0 == "  line \(number)" } == 1) }
    }

    @Test func aKeyWhoseBeginningIsCutOffIsNoLessAKey() {
        let key = ["-----BEGIN PRIVATE KEY-----"] + (0..<20).map { "MC4CAQAwBQYDK2VwBCIEIsecret\($0)" }
        let text = (key + ["-----END PRIVATE KEY-----", "done"]).joined(separator: "\n")
        let end = LoggedProcessRunner.end(of: text, lines: 10)
        #expect(!end.contains("secret"))
        #expect(end.hasSuffix("\n  done"))
    }

    @Test func aProgramThatCannotStartIsInTheLog() async throws {
        let scratch = try Scratch()
        let log = try InstallLog(path: scratch.path.appending("log").string)
        var logger = Logger(label: "test") { _ in log.handler(also: SwiftLogNoOpLogHandler()) }
        logger.logLevel = .debug
        let runner = LoggedProcessRunner(runner: SystemProcessRunner(), logger: logger)
        await #expect(throws: HostError.self) { try await runner.run(Command("/no/such/program", [])) }
        #expect(try #require(try scratch.text("/log")).contains("'/no/such/program' failed"))
    }
}

import BundleModel
import Host
import SystemPackage
import TestSupport
import Testing

struct HostErrorTests {
    @Test(arguments: [
        "ctr: write /var/lib/containerd/x: no space left on device", "cp: error writing 'x': No space left on device",
    ])
    func aProgramThatFoundTheDiskFullSaysSo(_ output: String) {
        #expect(HostError.failed(command: "ctr", status: 1, output: output).category == .noSpace)
        #expect(HostError.signalled(command: "ctr", signal: 9, output: output).category == .noSpace)
    }

    @Test func anyOtherFailureIsTheProgramsOwn() {
        #expect(HostError.failed(command: "ctr", status: 1, output: "refused").category == .hostCommandFailed)
    }

    @Test(arguments: [
        HostError.system("write", path: "/x", errno: 2), .system("write", path: "/x", errno: 13),
        .system("write", path: "/x", errno: 28), .system("write", path: "/x", errno: 30),
        .unreadableInput(path: "/x", errno: 2), .notStarted(command: "x", reason: "y"),
        .failed(command: "x", status: 1, output: "y"), .signalled(command: "x", signal: 9, output: "y"),
        .timedOut(command: "x", seconds: 1, output: "y"),
    ])
    func everyErrorSaysWhatToDoInOneLine(_ error: HostError) {
        #expect(!error.hint.isEmpty && !error.hint.contains("\n"))
    }

    @Test func aFileThatTheOperatorNamedWronglyIsInvalidInput() throws {
        let scratch = try ScratchFolder()
        let file = scratch.file("key")
        try AtomicFile.write("x".utf8, to: file)
        #expect(try FileSystem.readInput(file) == Array("x".utf8))
        for path in [scratch.file("missing"), scratch.path, file.appending("below")] {
            let error = #expect(throws: HostError.self) { try FileSystem.readInput(path) }
            #expect(error?.category == .invalidInput)
            #expect(error?.message.contains(path.string) == true)
        }
    }
}

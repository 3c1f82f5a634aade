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

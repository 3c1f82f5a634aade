import Host
import SystemPackage
import TestSupport
import Testing

/// What programs read, with real programs.
struct CommandInputTests {
    private struct ProducerFailed: Error {}

    private let runner = SystemProcessRunner()
    private let size = 8 << 20

    /// Writes more than any pipe holds.
    private var large: Command.Input {
        let size = size
        return .stream { pipe in
            let block = [UInt8](repeating: 0x61, count: 64 << 10)
            for _ in 0..<(size / block.count) { try pipe.writeAll(block) }
        }
    }

    @Test func withoutInputAProgramSeesTheEnd() async throws {
        #expect(try await runner.run(Command("cat")).standardOutput == "")
    }

    @Test func aFileIsRead() async throws {
        let scratch = try ScratchFolder()
        try AtomicFile.write("from a file".utf8, to: scratch.file("input"))
        let result = try await runner.run(Command("cat", input: .file(scratch.file("input"))))
        #expect(result.standardOutput == "from a file")
    }

    @Test func aStreamArrivesWhole() async throws {
        let result = try await runner.run(Command("wc", ["-c"], input: large))
        #expect(result.standardOutput == "\(size)\n")
    }

    @Test func aReaderThatEndsEarlyDecidesByItsStatus() async throws {
        let result = try await runner.run(Command("/bin/sh", ["-c", "head -c 10; exit 5"], input: large))
        #expect(result == CommandResult(status: 5, standardOutput: "aaaaaaaaaa"))
    }

    @Test(arguments: ["/nonexistent/program", "kubeferry-no-such-program", "/etc/passwd"])
    func aLargeStreamToAProgramThatCannotStartDoesNotHang(name: String) async {
        let error = await #expect(throws: HostError.self) { try await runner.run(Command(name, input: large)) }
        guard case .notStarted = error else {
            Issue.record("expected notStarted, got \(String(describing: error))")
            return
        }
    }

    @Test func aProgramThatNeverReadsIsEndedInTime() async {
        let command = Command("sleep", ["900"], input: large, timeout: 1)
        await #expect(throws: HostError.timedOut(command: command.description, seconds: 1, output: "")) {
            try await runner.run(command)
        }
    }

    @Test func aProducersErrorIsTheResult() async {
        let failing = Command.Input.stream { pipe in
            try pipe.writeAll("begun".utf8)
            throw ProducerFailed()
        }
        await #expect(throws: ProducerFailed.self) { try await runner.run(Command("cat", input: failing)) }
    }

    @Test func aMissingInputFileIsNamed() async {
        await #expect(throws: HostError.self) {
            try await runner.run(Command("cat", input: .file("/nonexistent/input")))
        }
    }

    @Test func noDescriptorIsLeftOpen() async throws {
        let before = try FileSystem.list("/proc/self/fd").count
        for _ in 0..<40 {
            _ = try await runner.run(Command("true", input: large))
            _ = try? await runner.run(Command("/nonexistent/program", input: large))
        }
        // Tests that run beside this one hold a few; one descriptor a run would be 80.
        #expect(try FileSystem.list("/proc/self/fd").count < before + 60)
    }
}

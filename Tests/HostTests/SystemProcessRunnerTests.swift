import BundleModel
import Host
import SystemPackage
import TestSupport
import Testing

/// With real programs.
struct SystemProcessRunnerTests {
    private let runner = SystemProcessRunner()
    /// Seconds that a program gets which never ends: the next one where a busy machine did not even begin in time.
    private static let limits = [1, 10, 100]

    private func shell(_ script: String, timeout: Int = 600) -> Command {
        Command("/bin/sh", ["-c", script], timeout: timeout)
    }

    @Test func statusAndBothOutputsComeBack() async throws {
        let result = try await runner.run(shell("echo out; echo err >&2; exit 7"))
        #expect(result == CommandResult(status: 7, standardOutput: "out\n", standardError: "err\n"))
    }

    @Test func aSignalIsAStatusAbove128() async throws {
        #expect(try await runner.run(shell("kill -9 $$")).status == 137)
    }

    @Test func argumentsAreNotReadByAShell() async throws {
        let result = try await runner.run(Command("printf", ["%s|", "a b", "$HOME", "*", ""]))
        #expect(result.standardOutput == "a b|$HOME|*||")
    }

    @Test func theEnvironmentIsInheritedAndAddedTo() async throws {
        var command = shell("echo \"$KUBEFERRY_TEST $PATH\"")
        command.environment = ["KUBEFERRY_TEST": "here"]
        let output = try await runner.run(command).standardOutput
        #expect(output.hasPrefix("here /"))
    }

    @Test func programsSpeakEnglishUnlessTold() async throws {
        var command = shell("printf %s $LC_ALL")
        #expect(try await runner.run(command).standardOutput == "C")
        command.environment = ["LC_ALL": "C.UTF-8"]
        #expect(try await runner.run(command).standardOutput == "C.UTF-8")
    }

    @Test func longOutputKeepsItsEnd() async throws {
        var command = shell("i=0; while [ $i -lt 5000 ]; do echo line $i; i=$((i+1)); done")
        command.outputLimit = 100
        let output = try await runner.run(command).standardOutput
        #expect(output.utf8.count == 100)
        #expect(output.hasSuffix("line 4999\n"))
    }

    @Test func aDaemonThatIsLeftBehindKeepsNobodyWaiting() async throws {
        let result = try await runner.run(shell("sleep 900 & echo $!", timeout: 300))
        #expect(result.status == 0)
        let pid = result.standardOutput.split(separator: "\n").joined()
        try await runner.require(Command("kill", [pid]))
    }

    @Test func whatTakesTooLongIsKilledWithItsChildren() async throws {
        let scratch = try ScratchFolder()
        let pids = scratch.file("pids")
        // The child waits in a process of its own, as a shell script on a node would. A busy machine gets more time.
        for seconds in Self.limits {
            let command = shell("sleep 900 & echo $! $$ > \(pids); wait", timeout: seconds)
            await #expect(throws: HostError.timedOut(command: command.description, seconds: seconds, output: "")) {
                try await runner.run(command)
            }
            if try FileSystem.text(pids)?.hasSuffix("\n") == true { break }
        }
        for pid in try #require(try FileSystem.text(pids)).split(whereSeparator: \.isWhitespace) {
            // The child got its signal with the shell; the kernel may take a moment.
            for _ in 0..<30_000 where runs(pid) { try await Task.sleep(for: .milliseconds(10)) }
            #expect(!runs(pid))
        }
    }

    @Test func whatTookTooLongSaysWhatItPrintedLastWithoutSecrets() async throws {
        let script = "echo early; echo waiting for abcdef.0123456789abcdef >&2; exec sleep 900"
        var end = ""
        for seconds in Self.limits where end != "waiting for [removed]" {
            let error = await #expect(throws: HostError.self) {
                try await runner.run(shell(script, timeout: seconds))
            }
            end = try #require(error).message.split(separator: "\n").last.map(String.init) ?? ""
        }
        #expect(end == "waiting for [removed]")
    }

    /// Neither gone nor a zombie that nobody has collected yet.
    private func runs(_ pid: Substring) -> Bool {
        // Reading fails for a process that ends between the opening and the reading.
        guard let state = try? FileSystem.text(FilePath("/proc/\(pid)/stat")) else { return false }
        return !state.contains(") Z ")
    }

    @Test func cancellingEndsTheProgram() async throws {
        let scratch = try ScratchFolder()
        let pids = scratch.file("pids")
        let task = Task { try await runner.run(shell("echo $$ > \(pids); exec sleep 900")) }
        while try FileSystem.text(pids)?.hasSuffix("\n") != true { try await Task.sleep(for: .milliseconds(20)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        let pid = try #require(try FileSystem.text(pids)).split(separator: "\n").joined()
        #expect(try FileSystem.status(FilePath("/proc/\(pid)")) == nil)
    }

    @Test(arguments: ["/nonexistent/program", "kubeferry-no-such-program"])
    func aMissingProgramIsNotStarted(name: String) async {
        let error = await #expect(throws: HostError.self) { try await runner.run(Command(name)) }
        guard case .notStarted(name, _) = error else {
            Issue.record("expected notStarted, got \(String(describing: error))")
            return
        }
        #expect(error?.category == .hostCommandFailed)
    }

    @Test func requireTurnsAStatusIntoAnErrorWithTheEndOfTheOutput() async {
        let command = shell("echo why >&2; exit 3")
        await #expect(throws: HostError.failed(command: command.description, status: 3, output: "why")) {
            try await runner.require(command)
        }
        let killed = shell("kill -15 $$")
        await #expect(throws: HostError.signalled(command: killed.description, signal: 15, output: "")) {
            try await runner.require(killed)
        }
    }
}

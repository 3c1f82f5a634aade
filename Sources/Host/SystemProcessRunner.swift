import FoundationEssentials
import Subprocess
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// Real programs, by swift-subprocess.
///
/// Output goes to files in memory rather than to pipes, so that a daemon which a program leaves behind cannot keep
/// us waiting. Input comes through a pipe of ours: swift-subprocess 1.0.2 traps when a program that it feeds itself
/// ends early.
public struct SystemProcessRunner: ProcessRunner {
    public init() {}

    public func run(_ command: Command) async throws -> CommandResult {
        let output = try MemoryFile(name: "stdout", limit: command.outputLimit)
        let error = try MemoryFile(name: "stderr", limit: command.outputLimit)
        // The programs get bare descriptors: the files must outlive every way out of here.
        defer { withExtendedLifetime((output, error)) {} }
        let status: Int32? = try await withThrowingTaskGroup(of: Int32?.self) { group in
            group.addTask { try await self.start(command, output: output.descriptor, error: error.descriptor) }
            group.addTask {
                try await Task.sleep(for: .seconds(command.timeout))
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
        guard let status else {
            let printed = CommandResult(status: -1, outputBytes: try output.bytes(), standardError: try error.text())
            throw HostError.timedOut(command: command.description, seconds: command.timeout, output: printed.ending)
        }
        // A cancellation reaches the program and the wait beside it one after the other: where the program is quicker,
        // it has failed by a signal of ours.
        if status != 0 { try Task.checkCancellation() }
        return CommandResult(status: status, outputBytes: try output.bytes(), standardError: try error.text())
    }

    private func start(_ command: Command, output: FileDescriptor, error: FileDescriptor) async throws -> Int32 {
        let executable: Executable =
            command.executable.contains("/") ? .path(FilePath(command.executable)) : .name(command.executable)
        var options = PlatformOptions()
        // A group of its own, so that a terminal's Ctrl-C reaches us alone and a step can be ended in order.
        options.processGroupID = 0
        options.teardownSequence = [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(5))]
        let updates = Dictionary(
            // What programs say is read here: in English, whatever the operator's language is.
            uniqueKeysWithValues: command.environment.merging(["LC_ALL": "C"]) { given, _ in given }.map {
                (Environment.Key(stringLiteral: $0.key), Optional($0.value))
            })
        let configuration = Configuration(
            executable: executable, arguments: Arguments(command.arguments),
            environment: .inherit.updating(updates), platformOptions: options)
        let feed = try InputFeed(command.input)
        async let fed: Void = feed.run()
        do {
            let result = try await Subprocess.run(
                configuration, input: .fileDescriptor(feed.readEnd, closeAfterSpawningProcess: true),
                output: .fileDescriptor(output, closeAfterSpawningProcess: false),
                error: .fileDescriptor(error, closeAfterSpawningProcess: false))
            try await fed
            switch result.terminationStatus {
            case .exited(let code): return Int32(code)
            case .signaled(let signal): return 128 + Int32(signal)
            }
        } catch let failure as SubprocessError {
            throw HostError.notStarted(command: command.description, reason: "\(failure)")
        }
    }
}

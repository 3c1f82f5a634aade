import BundleModel
import FoundationEssentials
import Host
import Logging
import Synchronization
import SystemPackage
import Testing

@testable import InstallCore

/// A folder that stands for a node's root, removed with its owner.
final class Scratch: Sendable {
    let path: FilePath
    var root: HostRoot { HostRoot(path) }

    init() throws {
        path = FilePath("/var/tmp/kubeferry-\(UInt64.random(in: 0..<UInt64.max))")
        try FileSystem.makeDirectories(path)
    }

    deinit {
        if let device = try? TreeRemoval.device(of: path) {
            var tree = TreeRemoval(device: device)
            tree.remove(path)
        }
    }

    func write(_ text: String, to absolute: String, mode: UInt16 = 0o644) throws {
        let file = root.resolve(absolute)
        try FileSystem.makeDirectories(file.removingLastComponent())
        try AtomicFile.write(Array(text.utf8), to: file, mode: mode)
    }

    func text(_ absolute: String) throws -> String? { try FileSystem.text(root.resolve(absolute)) }

    /// Every path below the root with what it is: equal before and after means that nothing is left.
    func tree() throws -> [String] {
        var lines: [String] = []
        func visit(_ folder: FilePath, _ name: String) throws {
            for entry in try FileSystem.list(folder) {
                let path = folder.appending(entry)
                guard let status = try FileSystem.status(path) else { continue }
                let content = status.kind == .file ? try FileSystem.text(path) ?? "" : ""
                lines.append("\(name)/\(entry) \(status.kind) \(status.mode) \(content)")
                if status.kind == .directory { try visit(path, "\(name)/\(entry)") }
            }
        }
        try visit(path, "")
        return lines
    }

    func context(_ runner: any ProcessRunner = NoPrograms(), boundary: Boundary = Boundary(killAt: nil)) -> NodeContext
    {
        NodeContext(
            root: root, runner: runner, clock: FixedWallClock(secondsSince1970: 1_700_000_000),
            progress: SilentProgress(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            pause: { _ in }, flush: {}, boundary: boundary)
    }
}

/// Fails on every program: a test that runs one has to say so.
struct NoPrograms: ProcessRunner {
    struct Unexpected: Error {
        var command: String
    }

    func run(_ command: Command) async throws -> CommandResult {
        throw Unexpected(command: command.description)
    }
}

/// Answers the programs it was given, fails on any other, and remembers what ran.
final class ScriptedPrograms: ProcessRunner {
    private let answers: [(prefix: String, result: CommandResult)]
    private let seen = Mutex<[String]>([])

    init(_ answers: [(prefix: String, result: CommandResult)]) {
        self.answers = answers
    }

    var commands: [String] { seen.withLock { $0 } }

    func run(_ command: Command) async throws -> CommandResult {
        seen.withLock { $0.append(command.description) }
        guard let answer = answers.first(where: { command.description.hasPrefix($0.prefix) }) else {
            throw NoPrograms.Unexpected(command: command.description)
        }
        return answer.result
    }
}

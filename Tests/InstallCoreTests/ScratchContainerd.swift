import Host
import SystemPackage
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// A real containerd with folders and a socket of its own, ended with its owner.
final class ScratchContainerd: Sendable {
    static let isThere = geteuid() == 0 && ["containerd", "ctr"].allSatisfy { access("/usr/bin/\($0)", X_OK) == 0 }

    private let folder: FilePath
    private let daemon: Task<Void, Never>
    var socket: FilePath { folder.appending("socket") }

    init(_ folder: FilePath) async throws {
        self.folder = folder
        try FileSystem.makeDirectories(folder)
        let settings = """
            version = 2
            root = "\(folder)/root"
            state = "\(folder)/state"
            disabled_plugins = ["io.containerd.grpc.v1.cri"]
            [grpc]
              address = "\(folder)/socket"

            """
        try AtomicFile.write(Array(settings.utf8), to: folder.appending("config.toml"))
        let command = Command(
            "/usr/bin/containerd", ["--config", folder.appending("config.toml").string], timeout: 600)
        daemon = Task { _ = try? await SystemProcessRunner().run(command) }
        for _ in 0..<600 {
            if try await run(["version"]).status == 0 { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        Issue.record("containerd does not answer")
    }

    deinit { daemon.cancel() }

    /// Ends it and waits until it is gone.
    func end() async {
        daemon.cancel()
        await daemon.value
    }

    func run(_ arguments: [String], input: Command.Input = .none) async throws -> CommandResult {
        try await SystemProcessRunner().run(
            Command(
                "/usr/bin/ctr", ["--address", socket.string, "-n", "k8s.io"] + arguments,
                input: input, timeout: 300))
    }
}

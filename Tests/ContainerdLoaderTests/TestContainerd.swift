import ContainerdTestSupport
import Host
import SystemPackage
import TestSupport
import Testing

@testable import Containerd

#if canImport(Glibc)
    import Glibc
#endif

/// A real containerd with a root, a state folder and a socket of its own. Ended by `stop`.
final class TestContainerd {
    /// The folder with `containerd` and `ctr`: one of the test bed's, or else what is installed.
    static let programs =
        getenv("KUBEFERRY_CONTAINERD").map { String(cString: $0) } ?? ContainerdVersion.chosen?.string ?? "/usr/bin"
    static let canRun =
        RunSettings.isRequired || geteuid() == 0 && FileSystem.exists(FilePath("\(programs)/containerd"))
    static let skipped: Comment = "needs root and containerd (Debian's package, or the test bed's)"

    let folder: String
    private(set) var process: pid_t = 0
    var socket: String { "\(folder)/c.sock" }

    init() async throws {
        if RunSettings.isRequired {
            folder = try ContainerdPlace.make().string
        } else {
            // Short: the path of a socket is at most 107 bytes long.
            folder = "/tmp/ctd-\(String(UInt64.random(in: .min ... .max), radix: 36))"
            try FileSystem.makeDirectories(FilePath(folder))
        }
        let configuration = """
            version = 2
            root = "\(folder)/root"
            state = "\(folder)/state"
            disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt"]
            [grpc]
            address = "\(socket)"

            """
        try FilePath("\(folder)/config.toml").write(Array(configuration.utf8))
        try await start()
    }

    func start() async throws {
        let arguments = ["\(Self.programs)/containerd", "--config", "\(folder)/config.toml", "--log-level", "warn"]
        var pointers = arguments.map { strdup($0) }
        pointers.append(nil)
        defer { for pointer in pointers { free(pointer) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for output in [STDOUT_FILENO, STDERR_FILENO] {
            posix_spawn_file_actions_addopen(&actions, output, "\(folder)/log", O_WRONLY | O_CREAT | O_APPEND, 0o644)
        }
        let code = posix_spawn(&process, arguments[0], &actions, nil, pointers, environ)
        guard code == 0 else { throw Errno(rawValue: code) }
        for _ in 0..<200 {
            if (try? await ContainerdClient.connected(to: socket, { try await $0.version() })) != nil { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw HostError.notStarted(command: "containerd", reason: try log())
    }

    func log() throws -> String { try FileSystem.text(FilePath("\(folder)/log")) ?? "" }

    /// - Parameter signal: SIGKILL is a crash.
    func end(_ signal: Int32 = SIGTERM) {
        guard process > 0 else { return }
        kill(process, signal)
        var status: Int32 = 0
        waitpid(process, &status, 0)
        process = 0
    }

    func restart() async throws {
        end()
        try await start()
    }

    func stop() async throws {
        end()
        try await SystemProcessRunner().require(Command("rm", ["-rf", folder]))
    }

    /// Lines that `ctr` prints.
    @discardableResult
    func ctr(_ arguments: String...) async throws -> [String] {
        let command = Command("\(Self.programs)/ctr", ["--address", socket, "-n", "k8s.io"] + arguments)
        return try await SystemProcessRunner().require(command).standardOutput
            .split(separator: "\n").map(String.init)
    }

    /// Everything that nothing refers to goes.
    func collectGarbage() async throws {
        try await ContainerdClient.connected(to: socket) { client in
            try await client.createLease("collect", labels: [:])
            try await client.deleteLease("collect", collecting: true)
        }
    }

    /// What is there: blobs, snapshots with their kind, leases, image names, open writes. Sorted.
    func contents() async throws -> [String] {
        let open = try await ContainerdClient.connected(to: socket) { try await $0.openWrites() }
        let blobs = try await ctr("content", "ls", "-q").map { "blob \($0)" }
        let snapshots = try await ctr("snapshots", "ls").dropFirst()
            .map { "snapshot " + $0.split(separator: " ").joined(separator: " ") }
        let leases = try await ctr("leases", "ls", "-q").map { "lease \($0)" }
        let images = try await ctr("images", "ls", "-q").map { "image \($0)" }
        return (blobs + snapshots + leases + images + open.map { "write \($0)" }).sorted()
    }
}

extension FilePath {
    func write(_ bytes: [UInt8]) throws {
        let file = try FileDescriptor.open(
            self, .writeOnly, options: [.create, .truncate], permissions: [.ownerReadWrite])
        _ = try file.closeAfter { try file.writeAll(bytes) }
    }
}

/// Runs `body` with a containerd that ends with it.
func withContainerd(_ body: (TestContainerd) async throws -> Void) async throws {
    let containerd = try await TestContainerd()
    do {
        try await body(containerd)
    } catch {
        Issue.record("\(error)\n\(try containerd.log().suffix(2000))")
    }
    try await containerd.stop()
}

import BundleBuild
import BundleModel
import Fetch
import Host
import Synchronization
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

#if canImport(Glibc)
    import Glibc
#endif

/// The built bundler, and an upstream of its own on loopback: files and a registry, faulty as a test tells it to be.
final class CommandBench: Sendable {
    private final class Fault: Sendable {
        let reply = Mutex<(@Sendable (String) -> FaultServer.Reply?)?>(nil)
        let cut = Mutex<(@Sendable (Int) -> Int?)?>(nil)
    }

    let scratch: ScratchFolder
    let upstream: UpstreamFolder
    let server: FaultServer
    let plan: BuildPlan
    private let fault = Fault()

    /// - Parameter architectures: whose programs and images the upstream has.
    init(architectures: [CPUArchitecture] = [.amd64]) async throws {
        scratch = try ScratchFolder()
        let folder = try await UpstreamFolder(scratch.path.appending("upstream"), architectures: architectures)
        upstream = folder
        plan = try Resolver(matrix: VersionMatrix.embedded()).resolve(
            BuildRequest(kubernetes: SemanticVersion(1, 20, 2)))
        let fault = fault
        server = try await FaultServer { path, headers, _ in
            if let reply = fault.reply.withLock({ $0 })?(path) { return reply }
            var reply = folder.reply(path, to: headers)
            if !reply.body.isEmpty, let cut = fault.cut.withLock({ $0 }) { reply.cutAfter = cut(reply.body.count) }
            return reply
        }
        try FileSystem.makeDirectories(scratch.path.appending("out"))
    }

    /// Runs a test's body, and ends the server after it.
    static func with(
        architectures: [CPUArchitecture] = [.amd64], _ body: (CommandBench) async throws -> Void
    ) async throws {
        let bench = try await CommandBench(architectures: architectures)
        let outcome: Result<Void, any Error>
        do {
            try await body(bench)
            outcome = .success(())
        } catch { outcome = .failure(error) }
        // A test may have stopped it already.
        try? await bench.server.stop()
        try outcome.get()
    }

    /// Answers of the upstream that are not what they should be; nil: honest.
    func setFault(_ reply: (@Sendable (String) -> FaultServer.Reply?)?) {
        fault.reply.withLock { $0 = reply }
    }

    /// Cuts honest answers off: given the bytes of one that has any, after how many of them; nil: not that one.
    func setCut(_ cut: (@Sendable (Int) -> Int?)?) {
        fault.cut.withLock { $0 = cut }
    }

    /// The executable beside the one that runs the tests: both are of the same build.
    static var bundler: String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let path = String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return FilePath(path).removingLastComponent().appending("bundler").string
    }

    var output: FilePath { scratch.path.appending("out") }

    /// Everything beside the output, temporary files too.
    func left() throws -> [String] { try FileSystem.list(output) }

    /// Options that lead every request to this bench's server.
    var sources: [String] {
        get throws {
            let bases = try BuiltInSources.load().bases
            let files = bases.sorted { $0.key < $1.key }.flatMap { name, base in
                ["--source", "\(name)=\(server.url)/\(base.split(separator: "/", maxSplits: 1)[1].drop { $0 == "/" })"]
            }
            return files + [
                "--registry-mirror", "k8s.gcr.io=\(server.url)", "--cache", scratch.path.appending("cache").string,
                "--retries", "1",
            ]
        }
    }

    func makeArguments(_ more: [String] = []) throws -> [String] {
        try ["make", "--k8s", "v1.20.2", "--output", output.appending("k8s.run").string]
            + ["--unsigned", "--bundle-only", "--compression-level", "1", "--progress", "none"] + sources + more
    }

    func run(_ arguments: [String], environment: [String: String] = [:]) async throws -> CommandResult {
        try await SystemProcessRunner().run(
            Command(Self.bundler, arguments, environment: environment, timeout: 1800))
    }

    /// A new key pair, which nobody asks a passphrase for.
    ///
    /// - Returns: the prefix of its files, `.key` and `.pub`.
    func key(_ name: String = "key") async throws -> String {
        let prefix = scratch.path.appending(name).string
        let made = try await run(["keygen", "--output", prefix, "--no-passphrase"])
        try #require(made.status == 0, "\(made.standardError)")
        return prefix
    }

    /// A small bundle with a head.
    ///
    /// - Parameter key: prefix of the key that signs it.
    func signed(by key: String, _ more: [String] = []) async throws -> FilePath {
        let head = scratch.path.appending("node-install")
        try AtomicFile.write(SampleExecutable.bytes(), to: head, mode: 0o755)
        let file = output.appending("k8s.run")
        let made = try await run(
            [
                "make", "--k8s", "v1.20.2", "--key", "\(key).key", "--node-install", head.string,
                "--compression-level", "1", "--progress", "none", "--output", file.string,
            ] + more + sources)
        try #require(made.status == 0, "\(made.standardError)")
        return file
    }
}

import BundleModel
import Fetch
import FoundationEssentials
import Host
import NIOHTTP1
import SystemPackage
import UpstreamTestSupport

/// A registry on loopback that answers as a test tells it to, and what a client of it needs.
struct RegistryBench {
    /// Programs out of the bench's folder, as if that were PATH.
    struct Programs: ProcessRunner {
        let folder: FilePath

        func run(_ command: Command) async throws -> CommandResult {
            var command = command
            command.executable = folder.appending(command.executable).string
            return try await SystemProcessRunner().run(command)
        }
    }

    let server: FaultServer
    let folder: FilePath
    let transport: HTTPTransport

    var host: String { String(server.url.dropFirst("http://".count)) }

    static func with(
        _ answer: @escaping @Sendable (String, HTTPHeaders, Int) -> FaultServer.Reply,
        do body: (RegistryBench) async throws -> Void
    ) async throws {
        let server = try await FaultServer(answer)
        let folder = FilePath("/tmp/kubeferry-registry-\(UUID().uuidString)")
        try FileSystem.makeDirectories(folder)
        defer { try? FileManager.default.removeItem(atPath: folder.string) }
        let bench = RegistryBench(server: server, folder: folder, transport: HTTPTransport(stallSeconds: 10))
        let outcome: Result<Void, any Error>
        do {
            try await body(bench)
            outcome = .success(())
        } catch { outcome = .failure(error) }
        // A test may have stopped it already.
        try? await server.stop()
        try await bench.transport.shutdown()
        try outcome.get()
    }

    /// - Parameters:
    ///   - login: text of a login file, in which HOST stands for the server.
    ///   - addresses: of the registry `images.invalid`, in place of the server's.
    func client(login: String = "{}", addresses: [String]? = nil, isOffline: Bool = false) throws -> RegistryClient {
        let config = folder.appending("config.json")
        try AtomicFile.write(Array(login.split(separator: "HOST").joined(separator: host).utf8), to: config)
        let cache = ArtifactCache(
            folder: folder.appending("cache"), transport: transport, retry: RetryPolicy(attempts: 2) { _, _ in },
            isOffline: isOffline)
        return RegistryClient(
            sources: SourcesFile(files: [:], registries: [RegistryContent.host: addresses ?? [server.url]]),
            transport: transport, cache: cache,
            credentials: try RegistryCredentials(dockerConfig: config, runner: Programs(folder: folder)))
    }

    /// Puts a program where the client looks for its helpers.
    func write(_ program: String, _ script: String) throws {
        try AtomicFile.write(Array("#!/bin/sh\n\(script)\n".utf8), to: folder.appending(program), mode: 0o755)
    }
}

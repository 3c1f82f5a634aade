import BundleModel
import Fetch
import FoundationEssentials
import Host
import Signing
import SystemPackage
import TestSupport
import UpstreamTestSupport

/// A cache in a folder of its own, as one run after another sees it.
final class FetchBench: Sendable {
    let folder: FilePath
    let told = RecordedProgress()
    private let transport: HTTPTransport

    private init(_ transport: HTTPTransport) {
        self.transport = transport
        folder = FilePath("/tmp/kubeferry-fetch-\(UUID().uuidString)")
    }

    /// Runs a test's body, and cleans up after it.
    static func with(
        _ transport: HTTPTransport = HTTPTransport(), _ body: (FetchBench) async throws -> Void
    ) async throws {
        let bench = FetchBench(transport)
        defer { try? FileManager.default.removeItem(atPath: bench.folder.string) }
        let outcome: Result<Void, any Error>
        do {
            try await body(bench)
            outcome = .success(())
        } catch { outcome = .failure(error) }
        try await transport.shutdown()
        try outcome.get()
    }

    /// A new run: it knows of earlier ones what is on the disk.
    func cache(
        attempts: Int = 3, limits: TransferLimits = TransferLimits(), isOffline: Bool = false
    ) -> ArtifactCache {
        ArtifactCache(
            folder: folder, transport: transport, retry: RetryPolicy(attempts: attempts) { _, _ in }, limits: limits,
            isOffline: isOffline, progress: told)
    }

    func partial(_ content: [UInt8], _ ending: String = "") -> FilePath {
        folder.appending("partial/\(SHA256Hasher.hash(content).hex)\(ending)")
    }

    /// Bytes of the parts that are there, as the next run would find them.
    func received(_ content: [UInt8]) throws -> Int {
        let counts = try FileSystem.readIfPresent(partial(content, ".parts")) ?? []
        return stride(from: 0, to: counts.count, by: 8).reduce(0) { sum, place in
            sum + counts[place..<min(place + 8, counts.count)].reversed().reduce(0) { $0 << 8 | Int($1) }
        }
    }

    static func digest(_ content: [UInt8]) -> SHA256Digest { SHA256Hasher.hash(content) }

    /// A file by its digest from these servers, `/file` on each.
    static func request(_ content: [UInt8], _ servers: FaultServer..., size: Bool = false) -> FetchRequest {
        FetchRequest(
            name: "file", urls: servers.map { "\($0.url)/file" },
            expectation: .sha256(
                SHA256Hasher.hash(content), proof: UpstreamProof(kind: .matrixChecksum, source: "matrix")),
            size: size ? UInt64(content.count) : nil)
    }

    /// Bytes without a pattern that a misplaced part would fit.
    static func content(_ count: Int) -> [UInt8] {
        var state: UInt32 = 1
        return (0..<count).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(truncatingIfNeeded: state >> 24)
        }
    }
}

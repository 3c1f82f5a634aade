import Archive
import BundleModel
import Host
import Signing
import Testing

@testable import Containerd

struct BlockingBytesTests {
    private struct Stop: Error {}

    @Sendable private static func digest(_ source: any ByteSource) throws -> SHA256Digest {
        let hasher = SHA256Hasher()
        var buffer = [UInt8](repeating: 0, count: 70_000)
        while true {
            let count = try buffer.withUnsafeMutableBytes { try source.read(into: $0) }
            if count == 0 { return hasher.finish() }
            hasher.update(buffer[..<count])
        }
    }

    @Test(arguments: [0, 1, 1 << 20, 3_000_001])
    func aThreadReadsWhatComes(size: Int) async throws {
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        #expect(try await MemoryBlob(bytes).blocking(Self.digest) == SHA256Hasher.hash(bytes))
    }

    @Test func aFailureReachesTheThread() async throws {
        let pack = TestPack(try LoadTests.images()) { if $0.path.hasPrefix("layers/") { throw Stop() } }
        let feed = PackFeed()
        let wanted = ["layers/sha256/\(LoadTests.second.digest.hex)"]
        feed.want(Set(wanted))
        async let sent: Void = BlockingPool.shared.run { feed.send([pack]) }
        let bytes = MemberBytes(feed, Pack.Member(path: wanted[0], mode: 0o644, size: 10)) { _ in }
        await #expect(throws: Stop.self) { try await bytes.blocking(Self.digest) }
        try await sent
    }

    @Test func cancellingLetsTheThreadGo() async throws {
        let bytes = MemberBytes(PackFeed(), Pack.Member(path: "never", mode: 0o644, size: 10)) { _ in }
        let reading = Task { try await bytes.blocking(Self.digest) }
        reading.cancel()
        await #expect(throws: CancellationError.self) { try await reading.value }
    }
}

import BundleModel
import Payload
import Synchronization
import SystemPackage
import Testing

/// The check of the packs: what it finds, and that it can be stopped.
struct VerifyTests {
    @Test func aDamagedChunkIsNamedWithItsBytes() async throws {
        let sample = try SampleBundle()
        defer { sample.remove() }
        let bundle = try BundleFile.open(sample.file)
        let pack = try #require(bundle.index.packs.first)
        let start = try bundle.region(of: pack).lowerBound
        try flip(sample, at: start)
        let range = start..<start + min(pack.chunkSize, pack.size)
        await #expect(throws: PayloadError.damagedChunk(sample.file.string, pack: "node", chunk: 0, range: range)) {
            try await bundle.verifyPacks([pack], threads: 2)
        }
    }

    @Test func ofManyDamagedChunksTheFirstIsNamedWhateverTheThreads() async throws {
        let sample = try SampleBundle(tool: Self.noise(60_000))
        defer { sample.remove() }
        let bundle = try BundleFile.open(sample.file)
        let pack = bundle.index.packs[0]
        try #require(pack.chunks.count > 100)
        let start = try bundle.region(of: pack).lowerBound
        for chunk in 5..<pack.chunks.count { try flip(sample, at: start + UInt64(chunk) * pack.chunkSize) }
        let range = start + 5 * pack.chunkSize..<start + 6 * pack.chunkSize
        for _ in 0..<20 {
            await #expect(throws: PayloadError.damagedChunk(sample.file.string, pack: "node", chunk: 5, range: range)) {
                try await bundle.verifyPacks(bundle.index.packs, threads: 8)
            }
        }
    }

    @Test func aCancelledCheckEndsAfterTheChunkItIsAt() async throws {
        let sample = try SampleBundle(tool: Self.noise(60_000))
        defer { sample.remove() }
        let bundle = try BundleFile.open(sample.file)
        try #require(bundle.index.packs[0].chunks.count > 100)
        let sink = CancellingSink()
        let (gate, opener) = AsyncStream<Void>.makeStream()
        let task = Task {
            for await _ in gate {}
            try await bundle.verifyPacks(bundle.index.packs, threads: 1, progress: sink)
        }
        sink.task.withLock { $0 = task }
        opener.finish()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(sink.advanced.withLock { $0 } == 1)
        #expect(!sink.finished.withLock { $0 })
    }

    /// Bytes that no compressor makes fewer.
    static func noise(_ count: Int, seed: UInt64 = 42) -> [UInt8] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
    }

    private func flip(_ sample: SampleBundle, at offset: UInt64) throws {
        try ByteFlip(sample.file).apply(at: offset, mask: 1)
    }
}

/// Cancels the task that reports to it as soon as anything was done.
private final class CancellingSink: ProgressSink {
    let task = Mutex<Task<Void, any Error>?>(nil)
    let advanced = Mutex(0)
    let finished = Mutex(false)

    func report(_ event: ProgressEvent) {
        switch event.kind {
        case .advanced:
            advanced.withLock { $0 += 1 }
            task.withLock { $0?.cancel() }
        case .finished: finished.withLock { $0 = true }
        default: break
        }
    }
}

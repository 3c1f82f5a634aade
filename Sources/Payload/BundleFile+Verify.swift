public import BundleModel
import FoundationEssentials
import Host
import Signing
import Synchronization
import SystemPackage

extension BundleFile {
    /// Compares the executable before the bundle with the index.
    ///
    /// - Throws: `PayloadError.damaged` with region `head`.
    public func verifyHead() throws {
        guard let head = index.head, let region = regions.first(where: { $0.name == "head" }) else { return }
        let hasher = SHA256Hasher()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        var position = region.offset
        while position < region.range.upperBound {
            let count = Int(min(UInt64(buffer.count), region.range.upperBound - position))
            let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
            try file.read(at: position, into: piece)
            hasher.update(UnsafeRawBufferPointer(piece))
            position += UInt64(count)
        }
        let actual = hasher.finish()
        guard actual == head.sha256 else {
            throw PayloadError.damaged(
                path.string, region: "head", offset: 0, reason: "its digest is \(actual), the index says \(head.sha256)"
            )
        }
    }

    /// Reads every chunk of the packs and compares it with the index, on several threads.
    ///
    /// - Parameter threads: each needs memory for one chunk; 0 for one a core.
    /// - Throws: `PayloadError.damagedChunk` for the first damaged chunk that is found.
    public func verifyPacks(_ packs: [Pack], threads: Int, progress: any ProgressSink = SilentProgress()) async throws {
        let work = try packs.flatMap { pack in
            let offset = try region(of: pack).lowerBound
            return pack.chunks.indices.map { (pack: pack, offset: offset, chunk: $0) }
        }
        let total = packs.reduce(0) { $0 + $1.size }
        let counters = VerifyCounters()
        let task = "check packs"
        progress.report(ProgressEvent(kind: .started, task: task, done: 0, total: total))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<(threads > 0 ? threads : ProcessInfo.processInfo.activeProcessorCount) {
                group.addTask {
                    try await BlockingPool.shared.run {
                        let largest = packs.map(\.chunkSize).max() ?? 0
                        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Int(largest), alignment: 4096)
                        defer { buffer.deallocate() }
                        while let number = counters.take(of: work.count) {
                            let item = work[number]
                            let size = ChunkCheck.range(of: item.chunk, in: item.pack).count
                            let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[..<size])
                            do {
                                try ChunkCheck.read(item.chunk, of: item.pack, at: item.offset, from: file, into: piece)
                            } catch {
                                counters.stop()
                                throw error
                            }
                            let done = counters.add(UInt64(size))
                            progress.report(ProgressEvent(kind: .advanced, task: task, done: done, total: total))
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        progress.report(ProgressEvent(kind: .finished, task: task, done: total, total: total))
    }
}

/// What the threads of one check share.
private final class VerifyCounters: Sendable {
    private let next = Atomic<Int>(0)
    private let bytes = Atomic<UInt64>(0)
    private let stopped = Atomic<Bool>(false)

    /// The number of the next piece of work; nil when there is none or another thread failed.
    func take(of count: Int) -> Int? {
        guard !stopped.load(ordering: .relaxed) else { return nil }
        let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
        return number < count ? number : nil
    }

    func stop() { stopped.store(true, ordering: .relaxed) }

    func add(_ count: UInt64) -> UInt64 { bytes.wrappingAdd(count, ordering: .relaxed).newValue }
}

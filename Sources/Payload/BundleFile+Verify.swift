public import BundleModel
import FoundationEssentials
import Host
import Signing
import SystemPackage

extension BundleFile {
    /// Bytes that are read and hashed at a time: what was read is still in the core's cache then.
    private static let piece = 64 << 10

    /// Checks the executable before the bundle, and packs as `verifyPacks` does: the head has one digest, so one thread, and
    /// that goes beside the others.
    ///
    /// - Throws: as `verifyHead` and `verifyPacks`.
    public func verify(
        _ packs: [Pack], for role: NodeRole? = nil, progress: any ProgressSink = SilentProgress()
    ) async throws {
        async let head: Void = BlockingPool.shared.run { try verifyHead() }
        try await verifyPacks(packs, for: role, threads: 0, progress: progress)
        try await head
    }

    /// Compares the executable before the bundle with the index.
    ///
    /// - Throws: `PayloadError.damaged` with region `head`.
    public func verifyHead() throws {
        guard let head = index.head, let region = regions.first(where: { $0.name == "head" }) else { return }
        let hasher = SHA256Hasher()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.piece, alignment: 4096)
        defer { buffer.deallocate() }
        var position = region.offset
        while position < region.range.upperBound {
            let count = Int(min(UInt64(buffer.count), region.range.upperBound - position))
            let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
            try file.read(at: position, into: piece)
            hasher.update(UnsafeRawBufferPointer(piece))
            position += UInt64(count)
        }
        try Self.require(hasher.finish(), head, in: path)
    }

    /// The executable before the bundle, compared with the index.
    ///
    /// - Throws: `PayloadError.damaged` with region `head`, `.unusable` for a bundle without one.
    public func head() throws -> [UInt8] {
        guard let region = headRegion else { throw PayloadError.unusable("\(path) has no executable") }
        let bytes = try file.read(region)
        if let head = index.head { try Self.require(SHA256Hasher.hash(bytes), head, in: path) }
        return bytes
    }

    private static func require(_ actual: SHA256Digest, _ head: Head, in path: FilePath) throws {
        guard actual == head.sha256 else {
            throw PayloadError.damaged(
                path.string, region: "head", offset: 0, reason: "its digest is \(actual), the index says \(head.sha256)"
            )
        }
    }

    /// Reads every chunk of the packs and compares it with the index, on several threads.
    ///
    /// - Parameter role: of packs with parts, the chunks alone that nodes of this role read; nil for all.
    /// - Parameter threads: each needs 64 KiB; 0 for one a core.
    /// - Throws: `PayloadError.damagedChunk` for the first damaged chunk of the packs, `CancellationError` soon after the
    ///   task was cancelled: chunks that are being read are finished.
    public func verifyPacks(
        _ packs: [Pack], for role: NodeRole? = nil, threads: Int, progress: any ProgressSink = SilentProgress()
    ) async throws {
        let work = try packs.flatMap { pack in
            let offset = try region(of: pack).lowerBound
            let prefix = role.map { pack.prefix(for: $0) } ?? pack.whole
            return (0..<pack.chunkCount(of: prefix)).map { (pack: pack, offset: offset, chunk: $0) }
        }
        let total = work.reduce(0) { $0 + UInt64(ChunkCheck.range(of: $1.chunk, in: $1.pack).count) }
        let state = VerifyState()
        let task = "check packs"
        progress.report(ProgressEvent(kind: .started, task: task, done: 0, total: total))
        // The threads of the pool belong to no task: they learn of a cancellation from the state.
        try await withTaskCancellationHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<(threads > 0 ? threads : ProcessInfo.processInfo.activeProcessorCount) {
                    group.addTask {
                        try await BlockingPool.shared.run {
                            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.piece, alignment: 4096)
                            defer { buffer.deallocate() }
                            while let number = state.take(of: work.count) {
                                let item = work[number]
                                do {
                                    try ChunkCheck.verify(
                                        item.chunk, of: item.pack, at: item.offset, in: file, through: buffer)
                                } catch {
                                    state.fail(number, error)
                                    return
                                }
                                let size = ChunkCheck.range(of: item.chunk, in: item.pack).count
                                let done = state.add(UInt64(size))
                                progress.report(ProgressEvent(kind: .advanced, task: task, done: done, total: total))
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
        } onCancel: {
            state.stop()
        }
        try Task.checkCancellation()
        if let failure = state.failure { throw failure }
        progress.report(ProgressEvent(kind: .finished, task: task, done: total, total: total))
    }
}

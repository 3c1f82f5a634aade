import Archive
import BundleModel

/// A pack's bytes from its start to a prefix's end, chunk by chunk, each checked whole before any of it is given out.
///
/// From the second chunk on, the next one is read and checked on another thread meanwhile: two chunks are in memory.
final class ChunkSource: ByteSource {
    private let chunks: CheckedChunks
    private let end: UInt64
    private let chunkCount: Int
    private var pending = UnsafeRawBufferPointer(start: nil, count: 0)
    private var nextChunk = 0

    init(file: RandomAccessFile, pack: Pack, prefix: Pack.Prefix, offset: UInt64) {
        chunks = CheckedChunks(file: file, pack: pack, offset: offset)
        end = prefix.size
        chunkCount = pack.chunkCount(of: prefix)
    }

    deinit { chunks.finish() }

    func read(into output: UnsafeMutableRawBufferPointer) throws -> Int {
        if pending.isEmpty {
            guard nextChunk < chunkCount else { return 0 }
            let chunk = try chunks.take(nextChunk)
            pending = UnsafeRawBufferPointer(rebasing: chunk[..<min(chunk.count, left(from: nextChunk))])
            nextChunk += 1
            // Whoever looks at the beginning alone has it in the first chunk.
            if nextChunk > 1, nextChunk < chunkCount { chunks.begin(nextChunk) }
        }
        let count = min(output.count, pending.count)
        output.copyMemory(from: UnsafeRawBufferPointer(rebasing: pending[..<count]))
        pending = UnsafeRawBufferPointer(rebasing: pending[count...])
        return count
    }

    /// Bytes to the prefix's end.
    private func left(from chunk: Int) -> Int {
        Int(min(UInt64(Int.max), end - chunks.start(of: chunk)))
    }
}

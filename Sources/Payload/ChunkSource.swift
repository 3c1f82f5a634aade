import Archive
import BundleModel
import Signing

/// A pack's bytes from its start to a prefix's end, chunk by chunk, each checked whole before any of it is given out.
final class ChunkSource: ByteSource {
    private let file: RandomAccessFile
    private let pack: Pack
    private let offset: UInt64
    private let end: UInt64
    private let chunkCount: Int
    private let buffer: UnsafeMutableRawBufferPointer
    private var pending: UnsafeMutableRawBufferPointer.SubSequence
    private var nextChunk = 0

    init(file: RandomAccessFile, pack: Pack, prefix: Pack.Prefix, offset: UInt64) {
        self.file = file
        self.pack = pack
        self.offset = offset
        end = prefix.size
        chunkCount = pack.chunkCount(of: prefix)
        buffer = .allocate(byteCount: Int(min(pack.chunkSize, max(1, pack.size))), alignment: 4096)
        pending = buffer[..<0]
    }

    deinit { buffer.deallocate() }

    func read(into output: UnsafeMutableRawBufferPointer) throws -> Int {
        if pending.isEmpty {
            guard nextChunk < chunkCount else { return 0 }
            let range = ChunkCheck.range(of: nextChunk, in: pack)
            let chunk = UnsafeMutableRawBufferPointer(rebasing: buffer[..<range.count])
            try ChunkCheck.read(nextChunk, of: pack, at: offset, from: file, into: chunk)
            pending = buffer[..<Int(min(range.upperBound, end) - range.lowerBound)]
            nextChunk += 1
        }
        let count = min(output.count, pending.count)
        output.copyMemory(from: UnsafeRawBufferPointer(rebasing: pending.prefix(count)))
        pending = pending.dropFirst(count)
        return count
    }
}

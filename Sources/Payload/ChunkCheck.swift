import BundleModel
import Signing
import SystemPackage

/// Reads one chunk of a pack and compares it with the index.
enum ChunkCheck {
    /// The chunk's bytes, counted from the pack's start.
    static func range(of chunk: Int, in pack: Pack) -> Range<UInt64> {
        let start = UInt64(chunk) * pack.chunkSize
        return start..<min(start + pack.chunkSize, pack.size)
    }

    /// - Parameters:
    ///   - offset: the pack's start in the file.
    ///   - buffer: exactly as long as the chunk.
    /// - Throws: `PayloadError.damagedChunk` where the digest differs.
    static func read(
        _ chunk: Int, of pack: Pack, at offset: UInt64, from file: RandomAccessFile,
        into buffer: UnsafeMutableRawBufferPointer
    ) throws {
        let range = range(of: chunk, in: pack)
        try file.read(at: offset + range.lowerBound, into: buffer)
        let hasher = SHA256Hasher()
        hasher.update(UnsafeRawBufferPointer(buffer))
        guard hasher.finish() == pack.chunks[chunk] else {
            throw PayloadError.damagedChunk(
                file.path.string, pack: pack.name, chunk: chunk,
                range: offset + range.lowerBound..<offset + range.upperBound)
        }
    }
}

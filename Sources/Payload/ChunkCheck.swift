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

    /// Reads the chunk whole, so that its bytes can be given out after they were checked.
    ///
    /// - Parameters:
    ///   - offset: the pack's start in the file.
    ///   - buffer: exactly as long as the chunk.
    /// - Throws: `PayloadError.damagedChunk` where the digest differs.
    static func read(
        _ chunk: Int, of pack: Pack, at offset: UInt64, from file: RandomAccessFile,
        into buffer: UnsafeMutableRawBufferPointer
    ) throws {
        try file.read(at: offset + range(of: chunk, in: pack).lowerBound, into: buffer)
        let hasher = SHA256Hasher()
        hasher.update(UnsafeRawBufferPointer(buffer))
        try compare(hasher.finish(), chunk, of: pack, at: offset, in: file)
    }

    /// Reads the chunk piece by piece, for its digest alone.
    ///
    /// - Parameter buffer: of any length but none.
    /// - Throws: as `read`.
    static func verify(
        _ chunk: Int, of pack: Pack, at offset: UInt64, in file: RandomAccessFile,
        through buffer: UnsafeMutableRawBufferPointer
    ) throws {
        let hasher = SHA256Hasher()
        var rest = range(of: chunk, in: pack)
        while !rest.isEmpty {
            let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, rest.count)])
            try file.read(at: offset + rest.lowerBound, into: piece)
            hasher.update(UnsafeRawBufferPointer(piece))
            rest = rest.dropFirst(piece.count)
        }
        try compare(hasher.finish(), chunk, of: pack, at: offset, in: file)
    }

    private static func compare(
        _ digest: SHA256Digest, _ chunk: Int, of pack: Pack, at offset: UInt64, in file: RandomAccessFile
    ) throws {
        guard digest == pack.chunks[chunk] else {
            let own = range(of: chunk, in: pack)
            let range = offset + own.lowerBound..<offset + own.upperBound
            throw PayloadError.damagedChunk(file.name(of: range), pack: pack.name, chunk: chunk, range: range)
        }
    }
}

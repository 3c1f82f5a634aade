import BundleModel
import Signing

/// Hashes a pack's compressed bytes chunk by chunk.
final class ChunkHasher {
    private let chunkSize: UInt64
    private let hasher = SHA256Hasher()
    private var inChunk: UInt64 = 0
    private(set) var size: UInt64 = 0
    private(set) var chunks: [SHA256Digest] = []

    init(chunkSize: UInt64) { self.chunkSize = chunkSize }

    func update(_ bytes: UnsafeRawBufferPointer) {
        size += UInt64(bytes.count)
        var rest = bytes
        while !rest.isEmpty {
            let count = Int(min(UInt64(rest.count), chunkSize - inChunk))
            hasher.update(UnsafeRawBufferPointer(rebasing: rest[..<count]))
            inChunk += UInt64(count)
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            if inChunk == chunkSize { endChunk() }
        }
    }

    func finish() {
        if inChunk > 0 { endChunk() }
    }

    private func endChunk() {
        chunks.append(hasher.finish())
        inChunk = 0
    }
}

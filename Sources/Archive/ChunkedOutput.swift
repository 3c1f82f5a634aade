import BundleModel
import Signing
import SystemPackage

/// Writes a pack's compressed bytes and hashes its chunks on the way.
final class ChunkedOutput {
    private let output: FileDescriptor
    private let chunkSize: UInt64
    private let hasher = SHA256Hasher()
    private var inChunk: UInt64 = 0
    private(set) var size: UInt64 = 0
    private(set) var chunks: [SHA256Digest] = []

    init(output: FileDescriptor, chunkSize: UInt64) {
        self.output = output
        self.chunkSize = chunkSize
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        do { try output.writeAll(bytes) } catch let error as Errno {
            throw ArchiveError.system("write", path: "pack", errno: error.rawValue)
        }
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

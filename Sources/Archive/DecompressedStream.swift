import BundleModel

/// The uncompressed bytes of one compressed stream that fills its source to the last byte.
final class DecompressedStream: ByteSource {
    private let source: any ByteSource
    private let decompressor: any Decompressor
    private let name: String
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
    private var pending = UnsafeRawBufferPointer(start: nil, count: 0)
    /// Compressed bytes taken from the source.
    private(set) var offset: UInt64 = 0
    private var sourceEnded = false

    init(source: any ByteSource, decompressor: any Decompressor, name: String) {
        self.source = source
        self.decompressor = decompressor
        self.name = name
    }

    deinit { buffer.deallocate() }

    func read(into output: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            if decompressor.isFinished {
                try refill()
                guard pending.isEmpty else {
                    throw ArchiveError.corrupt(
                        archive: name, offset: offset - UInt64(pending.count), reason: "bytes after the end mark")
                }
                return 0
            }
            try refill()
            let before = pending.count
            let count: Int
            do { count = try decompressor.decompress(&pending, into: output) } catch let ArchiveError.corrupt(_, _, why)
            {
                throw ArchiveError.corrupt(archive: name, offset: offset - UInt64(pending.count), reason: why)
            }
            if count > 0 { return count }
            if sourceEnded, pending.isEmpty, !decompressor.isFinished {
                throw ArchiveError.truncated(archive: name, offset: offset)
            }
            if before > 0, pending.count == before, !decompressor.isFinished {
                throw ArchiveError.corrupt(archive: name, offset: offset, reason: "the decoder makes no progress")
            }
        }
    }

    private func refill() throws {
        guard pending.isEmpty, !sourceEnded else { return }
        let count = try source.read(into: buffer)
        offset += UInt64(count)
        sourceEnded = count == 0
        pending = UnsafeRawBufferPointer(rebasing: buffer[..<count])
    }
}

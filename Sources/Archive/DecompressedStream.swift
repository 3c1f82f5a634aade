import BundleModel

/// The uncompressed bytes of one compressed stream that fills its source to the last byte, or of its beginning.
final class DecompressedStream: ByteSource {
    private var source: any ByteSource
    private let decompressor: any Decompressor
    private var name: String
    private var limit: UInt64?
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
    private var pending = UnsafeRawBufferPointer(start: nil, count: 0)
    /// Compressed bytes taken from the source.
    private var offset: UInt64 = 0
    private var sourceEnded = false
    /// Bytes given out.
    private var given: UInt64 = 0
    /// The source was a beginning alone, and was read to its end: another one may follow.
    private(set) var isPrefixChecked = false
    /// Bytes at the beginning that are decoded and forgotten.
    private var skipping: UInt64

    /// - Parameters:
    ///   - skipping: bytes that come before those that are given out.
    ///   - limit: where the source holds a beginning alone: bytes that it decodes to, with those before. Nil: it holds
    ///     all.
    init(
        source: any ByteSource, decompressor: any Decompressor, name: String, skipping: UInt64 = 0, limit: UInt64? = nil
    ) {
        self.source = source
        self.decompressor = decompressor
        self.name = name
        self.skipping = skipping
        self.limit = limit
    }

    deinit { buffer.deallocate() }

    /// Goes on with the source that follows, once `isPrefixChecked`.
    ///
    /// - Parameter limit: as of `init`, without what came before.
    func goOn(with source: any ByteSource, name: String, limit: UInt64?) {
        precondition(isPrefixChecked, "what came before was not read to its end")
        self.source = source
        self.name = name
        self.limit = limit
        sourceEnded = false
        given = 0
        isPrefixChecked = false
    }

    func read(into output: UnsafeMutableRawBufferPointer) throws -> Int {
        while skipping > 0 {
            let room = Int(min(UInt64(output.count), skipping))
            let count = try next(into: UnsafeMutableRawBufferPointer(rebasing: output[..<room]))
            guard count > 0 else { throw corrupt("ends \(skipping) bytes before the pack that continues it") }
            skipping -= UInt64(count)
        }
        return try next(into: output)
    }

    private func next(into output: UnsafeMutableRawBufferPointer) throws -> Int {
        guard let limit else {
            let count = try decode(into: output)
            given += UInt64(count)
            return count
        }
        if given == limit {
            try checkPrefixEnd()
            return 0
        }
        let room = Int(min(UInt64(output.count), limit - given))
        let count = try decode(into: UnsafeMutableRawBufferPointer(rebasing: output[..<room]))
        guard count > 0 else {
            throw corrupt("ends after \(given) bytes of the tar, its part has \(limit)")
        }
        given += UInt64(count)
        return count
    }

    /// The rest of the stream to its end mark; 0 there.
    private func decode(into output: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            try refill()
            if decompressor.isFinished {
                guard pending.isEmpty else { throw corrupt("bytes after the end mark") }
                return 0
            }
            let before = pending.count
            let count = try step(into: output)
            if count > 0 { return count }
            if sourceEnded, pending.isEmpty, !decompressor.isFinished {
                throw ArchiveError.truncated(archive: name, offset: offset)
            }
            if before > 0, pending.count == before, !decompressor.isFinished {
                throw corrupt("the decoder makes no progress")
            }
        }
    }

    /// What is left of the compressed bytes must decode to nothing: the part ends where both sides say so.
    private func checkPrefixEnd() throws {
        guard !isPrefixChecked else { return }
        try withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) { more in
            while true {
                try refill()
                let before = pending.count
                guard try step(into: more) == 0 else { throw corrupt("more of the tar than its part has") }
                if sourceEnded, pending.isEmpty { break }
                if before > 0, pending.count == before { throw corrupt("the decoder makes no progress") }
            }
        }
        isPrefixChecked = true
    }

    private func step(into output: UnsafeMutableRawBufferPointer) throws -> Int {
        do { return try decompressor.decompress(&pending, into: output) } catch let ArchiveError.corrupt(_, _, why) {
            throw corrupt(why)
        }
    }

    private func corrupt(_ reason: String) -> ArchiveError {
        .corrupt(archive: name, offset: offset - UInt64(pending.count), reason: reason)
    }

    private func refill() throws {
        guard pending.isEmpty, !sourceEnded else { return }
        let count = try source.read(into: buffer)
        offset += UInt64(count)
        sourceEnded = count == 0
        pending = UnsafeRawBufferPointer(rebasing: buffer[..<count])
    }
}

/// Takes the tar's bytes from libarchive's callback and passes them through the compressor.
final class TarSink {
    let output: ChunkedOutput
    let compressor: any Compressor
    /// Bytes of the tar so far.
    private(set) var taken: UInt64 = 0
    /// Kept here, since a C callback cannot throw.
    private(set) var failure: (any Error)?
    var isClosed = false

    init(compressor: any Compressor, output: ChunkedOutput) {
        self.compressor = compressor
        self.output = output
    }

    /// - Returns: bytes taken, -1 on failure: what libarchive's write callback returns.
    func take(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard failure == nil else { return -1 }
        guard !isClosed else { return bytes.count }
        do {
            try compressor.compress(bytes) { try output.write($0) }
            taken += UInt64(bytes.count)
            return bytes.count
        } catch {
            failure = error
            return -1
        }
    }

    func flush() throws {
        try compressor.flush { try output.write($0) }
    }

    /// - Parameter goesOn: the compressor is going to be another sink's: no end mark.
    func finish(goesOn: Bool) throws {
        isClosed = true
        if goesOn { try flush() } else { try compressor.finish { try output.write($0) } }
        output.finish()
    }
}

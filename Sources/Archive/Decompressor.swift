/// Turns them back.
protocol Decompressor {
    /// Fills as much of `output` as `input` allows.
    ///
    /// - Parameter input: the bytes that are there; afterwards those that were not needed yet.
    /// - Returns: bytes written to `output`.
    /// - Throws: `ArchiveError.corrupt` with offset 0; the caller knows the real one.
    func decompress(_ input: inout UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) throws -> Int
    /// Whether the stream's end mark was read.
    var isFinished: Bool { get }
}

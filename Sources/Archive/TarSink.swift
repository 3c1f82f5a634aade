/// Takes one pack's tar from libarchive's callback and passes it to the stream.
final class TarSink {
    let stream: PackStream
    /// Bytes of the tar so far.
    private(set) var taken: UInt64 = 0
    /// Kept here, since a C callback cannot throw.
    private(set) var failure: (any Error)?
    var isClosed = false

    init(_ stream: PackStream) { self.stream = stream }

    /// - Returns: bytes taken, -1 on failure: what libarchive's write callback returns.
    func take(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard failure == nil else { return -1 }
        guard !isClosed else { return bytes.count }
        do {
            try stream.take(bytes)
            taken += UInt64(bytes.count)
            return bytes.count
        } catch {
            failure = error
            return -1
        }
    }
}

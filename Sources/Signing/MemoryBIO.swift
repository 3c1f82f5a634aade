import COpenSSL

/// Bytes in memory behind the library's stream type.
final class MemoryBIO {
    private let pointer: OpaquePointer

    /// An empty one, to be written to.
    init() throws(SigningError) {
        guard let made = BIO_new(BIO_s_mem()) else { throw Crypto.failure("BIO_new") }
        pointer = made
    }

    /// One that reads `bytes`.
    convenience init(reading bytes: [UInt8]) throws(SigningError) {
        try self.init()
        guard bytes.isEmpty || BIO_write(pointer, bytes, Int32(clamping: bytes.count)) == Int32(bytes.count) else {
            throw Crypto.failure("BIO_write")
        }
    }

    deinit { BIO_free_all(pointer) }

    /// Hands the stream to a call of the library, and lives at least until that returns.
    func with<Result>(_ body: (OpaquePointer) -> Result) -> Result {
        withExtendedLifetime(self) { body(pointer) }
    }

    /// Everything written so far.
    func contents() -> [UInt8] {
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = BIO_read(pointer, &buffer, Int32(buffer.count))
            if count <= 0 { return result }
            result.append(contentsOf: buffer[..<Int(count)])
        }
    }
}

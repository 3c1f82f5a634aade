import COpenSSL

/// Bytes that nobody can guess.
public enum RandomBytes {
    /// - Throws: `SigningError.library` when the system has no entropy to give.
    public static func make(_ count: Int) throws -> [UInt8] {
        try Crypto.start()
        var bytes = [UInt8](repeating: 0, count: count)
        guard count == 0 || RAND_bytes(&bytes, Int32(count)) == 1 else { throw Crypto.failure("RAND_bytes") }
        return bytes
    }
}

import COpenSSL

/// The library itself: started once, without the host's openssl.cnf, which a static executable must not follow.
enum Crypto {
    private static let started: Bool =
        OPENSSL_init_crypto(
            UInt64(OPENSSL_INIT_NO_LOAD_CONFIG) | UInt64(OPENSSL_INIT_NO_ATEXIT), nil) == 1

    /// Called by every type before its first use of the library.
    static func start() throws(SigningError) {
        guard started else { throw .library(call: "OPENSSL_init_crypto", reason: lastReason()) }
    }

    /// Takes the oldest entry of this thread's error queue as text and empties the queue.
    static func lastReason() -> String {
        let code = ERR_get_error()
        defer { ERR_clear_error() }
        guard code != 0 else { return "no reason given" }
        var buffer = [CChar](repeating: 0, count: 256)
        ERR_error_string_n(code, &buffer, buffer.count)
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    static func failure(_ call: String) -> SigningError {
        .library(call: call, reason: lastReason())
    }
}

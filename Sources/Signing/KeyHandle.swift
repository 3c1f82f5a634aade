import COpenSSL

/// Owns an EVP_PKEY. The library counts its references and only reads it after it was made, so threads may share it.
final class KeyHandle: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Takes over the caller's reference.
    init(owning pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit { EVP_PKEY_free(pointer) }

    /// `ED25519`, `RSA`, `EC`.
    var typeName: String {
        EVP_PKEY_get0_type_name(pointer).map { String(cString: $0) } ?? "a key of an unknown type"
    }

    var isEd25519: Bool { EVP_PKEY_is_a(pointer, "ED25519") == 1 }

    /// DER SubjectPublicKeyInfo of the public half.
    func publicDER() throws(SigningError) -> [UInt8] {
        var buffer: UnsafeMutablePointer<UInt8>?
        let length = i2d_PUBKEY(pointer, &buffer)
        guard length > 0, let buffer else { throw Crypto.failure("i2d_PUBKEY") }
        defer { CRYPTO_free(buffer, #fileID, Int32(#line)) }
        return Array(UnsafeBufferPointer(start: buffer, count: Int(length)))
    }
}

public import BundleModel
import COpenSSL

/// A public Ed25519 key, named by the SHA-256 of its DER SubjectPublicKeyInfo.
public struct VerifyingKey: Hashable, Sendable {
    /// DER SubjectPublicKeyInfo, 44 bytes.
    public let der: [UInt8]
    /// SHA-256 of `der`.
    public let fingerprint: SHA256Digest
    private let handle: KeyHandle

    /// - Parameter pem: `-----BEGIN PUBLIC KEY-----`, as `openssl pkey -pubout` writes it.
    /// - Throws: `SigningError.badKey`.
    public init(pem: [UInt8]) throws {
        try Crypto.start()
        guard let pointer = try MemoryBIO(reading: pem).with({ PEM_read_bio_PUBKEY($0, nil, nil, nil) }) else {
            ERR_clear_error()
            throw SigningError.badKey(expected: "a public key in PEM", found: "\(pem.count) bytes of something else")
        }
        try self.init(handle: KeyHandle(owning: pointer))
    }

    /// - Parameter der: SubjectPublicKeyInfo, nothing after it.
    /// - Throws: `SigningError.badKey`.
    public init(der: [UInt8]) throws {
        try Crypto.start()
        let parsed: OpaquePointer? = der.withUnsafeBufferPointer { buffer in
            var start = buffer.baseAddress
            return d2i_PUBKEY(nil, &start, der.count)
        }
        guard let parsed else {
            ERR_clear_error()
            throw SigningError.badKey(expected: "a public key in DER", found: "\(der.count) bytes of something else")
        }
        try self.init(handle: KeyHandle(owning: parsed))
        guard self.der == der else {
            throw SigningError.badKey(expected: "one key of \(self.der.count) bytes", found: "\(der.count) bytes")
        }
    }

    init(handle: KeyHandle) throws(SigningError) {
        guard handle.isEd25519 else { throw .badKey(expected: "an Ed25519 key", found: handle.typeName) }
        self.handle = handle
        der = try handle.publicDER()
        fingerprint = SHA256Hasher.hash(der)
    }

    /// The first 16 hex digits of the fingerprint.
    public var keyID: String { String(fingerprint.hex.prefix(16)) }

    /// As `openssl pkey -pubout` writes it.
    public var pem: [UInt8] {
        guard let bio = try? MemoryBIO(), bio.with({ PEM_write_bio_PUBKEY($0, handle.pointer) }) == 1 else { return [] }
        return bio.contents()
    }

    /// - Parameter signature: raw Ed25519, 64 bytes.
    public func isValid(signature: [UInt8], over bytes: [UInt8]) -> Bool {
        guard signature.count == BundleSignature.byteCount, let context = EVP_MD_CTX_new() else { return false }
        defer {
            EVP_MD_CTX_free(context)
            ERR_clear_error()
        }
        return EVP_DigestVerifyInit(context, nil, nil, nil, handle.pointer) == 1
            && EVP_DigestVerify(context, signature, signature.count, bytes, bytes.count) == 1
    }

    public static func == (left: Self, right: Self) -> Bool { left.der == right.der }
    public func hash(into hasher: inout Hasher) { hasher.combine(der) }
}

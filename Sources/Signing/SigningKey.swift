import COpenSSL

/// A private Ed25519 key.
public struct SigningKey: Sendable {
    /// Characters that a new key's passphrase has at least.
    public static let minimumPassphrase = 8

    // N, r and p of scrypt: 16 MiB and about 50 ms, the values that `openssl pkcs8 -scrypt` uses and accepts.
    private static let scrypt: (cost: UInt64, blockSize: UInt64, parallel: UInt64) = (16384, 8, 1)

    private let handle: KeyHandle
    public let verifyingKey: VerifyingKey

    private init(handle: KeyHandle) throws(SigningError) {
        self.handle = handle
        verifyingKey = try VerifyingKey(handle: handle)
    }

    /// A new key from the system's entropy.
    public static func generate() throws -> SigningKey {
        try Crypto.start()
        guard let context = EVP_PKEY_CTX_new_id(EVP_PKEY_ED25519, nil) else { throw Crypto.failure("EVP_PKEY_CTX_new") }
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1, EVP_PKEY_keygen(context, &key) == 1, let key else {
            throw Crypto.failure("EVP_PKEY_keygen")
        }
        return try SigningKey(handle: KeyHandle(owning: key))
    }

    /// - Parameters:
    ///   - pem: PKCS#8, encrypted or not.
    ///   - passphrase: for an encrypted key; not looked at otherwise.
    /// - Throws: `SigningError.passphraseNeeded`, `.wrongPassphrase`, `.badKey`.
    public init(pem: [UInt8], passphrase: String?) throws {
        try Crypto.start()
        let encrypted = pem.firstRange(of: "BEGIN ENCRYPTED PRIVATE KEY".utf8) != nil
        let bio = try MemoryBIO(reading: pem)
        let read: OpaquePointer?
        if encrypted {
            guard let passphrase, !passphrase.isEmpty else { throw SigningError.passphraseNeeded }
            var secret = Array(passphrase.utf8CString)
            defer { secret.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }
            // Without a callback the library takes the last argument as the passphrase.
            read = secret.withUnsafeMutableBytes { text in
                bio.with { PEM_read_bio_PrivateKey($0, nil, nil, text.baseAddress) }
            }
        } else {
            // An empty passphrase, so that the library never asks on the terminal.
            var none: [CChar] = [0]
            read = none.withUnsafeMutableBytes { text in
                bio.with { PEM_read_bio_PrivateKey($0, nil, nil, text.baseAddress) }
            }
        }
        guard let read else {
            ERR_clear_error()
            throw encrypted
                ? SigningError.wrongPassphrase
                : SigningError.badKey(expected: "a private key in PEM", found: "\(pem.count) bytes of something else")
        }
        try self.init(handle: KeyHandle(owning: read))
    }

    /// PKCS#8, which `openssl pkey` reads; encrypted by AES-256-CBC and scrypt.
    ///
    /// - Parameter passphrase: nil, and nothing else, leaves the key unencrypted.
    /// - Throws: `SigningError.weakPassphrase`.
    public func pem(passphrase: String?) throws -> [UInt8] {
        if let passphrase { try Self.requireStrong(passphrase) }
        let bio = try MemoryBIO()
        guard let passphrase else {
            guard bio.with({ PEM_write_bio_PKCS8PrivateKey($0, handle.pointer, nil, nil, 0, nil, nil) }) == 1 else {
                throw Crypto.failure("PEM_write_bio_PKCS8PrivateKey")
            }
            return bio.contents()
        }
        guard let plain = EVP_PKEY2PKCS8(handle.pointer) else { throw Crypto.failure("EVP_PKEY2PKCS8") }
        defer { PKCS8_PRIV_KEY_INFO_free(plain) }
        var salt = try RandomBytes.make(16)
        guard
            let scheme = PKCS5_pbe2_set_scrypt(
                EVP_aes_256_cbc(), &salt, Int32(salt.count), nil, Self.scrypt.cost, Self.scrypt.blockSize,
                Self.scrypt.parallel)
        else { throw Crypto.failure("PKCS5_pbe2_set_scrypt") }
        guard let sealed = PKCS8_set0_pbe(passphrase, Int32(passphrase.utf8.count), plain, scheme) else {
            X509_ALGOR_free(scheme)
            throw Crypto.failure("PKCS8_set0_pbe")
        }
        defer { X509_SIG_free(sealed) }
        guard bio.with({ PEM_write_bio_PKCS8($0, sealed) }) == 1 else { throw Crypto.failure("PEM_write_bio_PKCS8") }
        return bio.contents()
    }

    /// - Throws: `SigningError.weakPassphrase` for one that no new key may have.
    public static func requireStrong(_ passphrase: String) throws(SigningError) {
        guard passphrase.count >= minimumPassphrase else { throw .weakPassphrase(characters: passphrase.count) }
    }

    /// Raw Ed25519 over the bytes: 64 bytes, the same for the same key and bytes.
    public func sign(_ bytes: [UInt8]) throws -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { throw Crypto.failure("EVP_MD_CTX_new") }
        defer { EVP_MD_CTX_free(context) }
        var signature = [UInt8](repeating: 0, count: BundleSignature.byteCount)
        var length = signature.count
        guard EVP_DigestSignInit(context, nil, nil, nil, handle.pointer) == 1,
            EVP_DigestSign(context, &signature, &length, bytes, bytes.count) == 1, length == signature.count
        else { throw Crypto.failure("EVP_DigestSign") }
        return signature
    }

    /// A signature with its key, ready to go into a bundle.
    public func signature(over index: [UInt8]) throws -> BundleSignature {
        BundleSignature(keyID: verifyingKey.keyID, signature: try sign(index), publicKey: verifyingKey)
    }
}

extension [UInt8] {
    /// Where `pattern` first stands.
    fileprivate func firstRange(of pattern: some Collection<UInt8>) -> Range<Int>? {
        let wanted = Array(pattern)
        guard wanted.count <= count else { return nil }
        return (0...(count - wanted.count)).first { self[$0..<($0 + wanted.count)].elementsEqual(wanted) }
            .map { $0..<($0 + wanted.count) }
    }
}

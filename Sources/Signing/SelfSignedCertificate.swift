import COpenSSL

/// A certificate that signs itself, over a new P-256 key: a key in the form that TLS wants.
public enum SelfSignedCertificate {
    /// MBSTRING_UTF8, which is an expression that the importer leaves out.
    private static let mbstringUTF8: Int32 = 0x1000

    /// - Parameters:
    ///   - ipAddresses: numeric, for the subject's alternative names; none leaves the extension out.
    ///   - validDays: from an hour ago, so that a clock that is a little behind accepts it.
    /// - Returns: PEM of the certificate and, as PKCS#8 without encryption, of its key.
    /// - Throws: `SigningError.badKey` for an address that is not numeric or days that are no number of days, `.library`.
    public static func generate(
        commonName: String, ipAddresses: [String], validDays: Int
    ) throws -> (certificatePEM: [UInt8], privateKeyPEM: [UInt8]) {
        // The library parses the list: a comma would start another name.
        if let address = ipAddresses.first(where: { !isNumeric($0) }) {
            throw SigningError.badKey(expected: "a numeric address", found: "'\(address)'")
        }
        guard let days = Int32(exactly: validDays), days > 0 else {
            throw SigningError.badKey(expected: "a number of days", found: "\(validDays)")
        }
        try Crypto.start()
        let key = try makeKey()
        guard let certificate = X509_new() else { throw Crypto.failure("X509_new") }
        defer { X509_free(certificate) }
        try describe(certificate, commonName: commonName, days: days)
        try add(NID_basic_constraints, "critical,CA:FALSE", to: certificate)
        try add(NID_ext_key_usage, "serverAuth,clientAuth", to: certificate)
        if !ipAddresses.isEmpty {
            try add(
                NID_subject_alt_name, ipAddresses.map { "IP:\($0)" }.joined(separator: ","), to: certificate)
        }
        guard X509_set_pubkey(certificate, key.pointer) == 1, X509_sign(certificate, key.pointer, EVP_sha256()) > 0
        else { throw Crypto.failure("X509_sign") }
        let certificateText = try MemoryBIO()
        guard certificateText.with({ PEM_write_bio_X509($0, certificate) }) == 1 else {
            throw Crypto.failure("PEM_write_bio_X509")
        }
        let keyText = try MemoryBIO()
        guard keyText.with({ PEM_write_bio_PKCS8PrivateKey($0, key.pointer, nil, nil, 0, nil, nil) }) == 1 else {
            throw Crypto.failure("PEM_write_bio_PKCS8PrivateKey")
        }
        return (certificateText.contents(), keyText.contents())
    }

    private static func isNumeric(_ address: String) -> Bool {
        !address.isEmpty
            && address.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
                    UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: "."), UInt8(ascii: ":"):
                    true
                default: false
                }
            }
    }

    private static func makeKey() throws -> KeyHandle {
        guard let context = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil) else { throw Crypto.failure("EVP_PKEY_CTX_new") }
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1,
            EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1) == 1,
            EVP_PKEY_keygen(context, &key) == 1, let key
        else { throw Crypto.failure("EVP_PKEY_keygen") }
        return KeyHandle(owning: key)
    }

    private static func describe(_ certificate: OpaquePointer, commonName: String, days: Int32) throws {
        // RFC 5280: a positive number of at most 20 octets that nobody used before.
        var serial = try RandomBytes.make(16)
        serial[0] = serial[0] & 0x7F | 0x40
        guard let number = BN_bin2bn(serial, Int32(serial.count), nil) else { throw Crypto.failure("BN_bin2bn") }
        defer { BN_free(number) }
        let name = X509_get_subject_name(certificate)
        guard X509_set_version(certificate, 2) == 1,
            BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nil,
            X509_gmtime_adj(X509_getm_notBefore(certificate), -3600) != nil,
            X509_time_adj_ex(X509_getm_notAfter(certificate), days, 0, nil) != nil,
            X509_NAME_add_entry_by_txt(name, "CN", mbstringUTF8, commonName, -1, -1, 0) == 1,
            X509_set_issuer_name(certificate, name) == 1
        else { throw Crypto.failure("X509_set") }
    }

    private static func add(_ extensionID: Int32, _ value: String, to certificate: OpaquePointer) throws {
        guard let made = X509V3_EXT_nconf_nid(nil, nil, extensionID, value) else {
            throw Crypto.failure("X509V3_EXT_nconf_nid")
        }
        defer { X509_EXTENSION_free(made) }
        guard X509_add_ext(certificate, made, -1) == 1 else { throw Crypto.failure("X509_add_ext") }
    }
}

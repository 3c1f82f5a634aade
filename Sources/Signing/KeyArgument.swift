public import BundleModel

/// A key as an operator names it, `--trusted-key` and `--revoked-key`: by the file that holds it, or by its fingerprint.
public enum KeyArgument: Hashable, Sendable {
    case key(VerifyingKey)
    case fingerprint(SHA256Digest)

    /// - Parameters:
    ///   - text: `SHA256:` and 64 hex digits, else a file's name.
    ///   - read: gives the bytes of that file.
    /// - Throws: `DigestError.badFingerprint`, so that a mistyped fingerprint is never taken for a file's name;
    ///   `SigningError.badKey`; what `read` throws.
    public init(_ text: String, read: (String) throws -> [UInt8]) throws {
        if let fingerprint = try KeyFingerprint.parse(text) {
            self = .fingerprint(fingerprint)
        } else {
            self = .key(try VerifyingKey(pem: read(text)))
        }
    }

    public var fingerprint: SHA256Digest {
        switch self {
        case .key(let key): key.fingerprint
        case .fingerprint(let fingerprint): fingerprint
        }
    }
}

extension TrustPolicy {
    /// Trusts a key, unless it is revoked.
    public mutating func trust(_ argument: KeyArgument) {
        switch argument {
        case .key(let key): keys.append(key)
        case .fingerprint(let fingerprint): fingerprints.insert(fingerprint)
        }
    }

    public mutating func revoke(_ argument: KeyArgument) {
        revoked.insert(argument.fingerprint)
    }
}

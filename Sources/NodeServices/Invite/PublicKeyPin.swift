public import BundleModel

/// The beginning of the SHA-256 of a certificate's SubjectPublicKeyInfo: at least 128 bits of it.
public struct PublicKeyPin: Hashable, Sendable {
    /// What an invite carries: finding another key for a given pin takes 2^128 attempts.
    public static let inviteByteCount = 16
    public let bytes: [UInt8]

    /// - Parameter bytes: 16 to 32 bytes, else nil.
    public init?(bytes: some Collection<UInt8>) {
        guard (Self.inviteByteCount...SHA256Digest.byteCount).contains(bytes.count) else { return nil }
        self.bytes = Array(bytes)
    }

    public init(_ digest: SHA256Digest) {
        bytes = digest.bytes
    }

    /// As an invite carries it.
    public var truncated: PublicKeyPin {
        PublicKeyPin(bytes: bytes.prefix(Self.inviteByteCount)) ?? self
    }

    public func matches(_ digest: SHA256Digest) -> Bool {
        ConstantTime.equal(bytes, Array(digest.bytes.prefix(bytes.count)))
    }
}

extension PublicKeyPin: CustomStringConvertible {
    public var description: String { "SHA256:\(Hex.encode(bytes))" }
}

/// One signature over a bundle's index.
public struct BundleSignature: Hashable, Sendable {
    /// Length of a raw Ed25519 signature.
    public static let byteCount = 64

    /// First 16 hex digits of the signer's fingerprint.
    public let keyID: String
    /// Raw Ed25519, 64 bytes.
    public let signature: [UInt8]
    /// The key that came with the signature: a claim, never a reason to trust. Nil when none came.
    public let publicKey: VerifyingKey?

    public init(keyID: String, signature: [UInt8], publicKey: VerifyingKey?) {
        self.keyID = keyID
        self.signature = signature
        self.publicKey = publicKey
    }
}

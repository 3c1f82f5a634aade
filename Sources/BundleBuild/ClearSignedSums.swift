/// Checksums out of a clear-signed OpenPGP message, whose signature was checked.
public struct ClearSignedSums: Hashable, Sendable {
    /// What was signed.
    public let text: String
    /// Fingerprint of the signer's primary key, hex digits.
    public let signer: String
}

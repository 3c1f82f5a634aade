/// Checksums out of a clear-signed OpenPGP message, whose signature was checked.
public struct ClearSignedSums: Hashable, Sendable {
    /// What was signed; nothing of what may stand around it.
    public let text: String
    /// Fingerprint of the signer's primary key, hex digits.
    public let signer: String

    /// Whether a text claims to be such a message.
    public static func isClaimed(by text: String) -> Bool {
        text.split(whereSeparator: \.isNewline).contains { $0.hasPrefix("-----BEGIN PGP SIGNED MESSAGE-----") }
    }
}

/// A key's fingerprint as people write it: `SHA256:` in any case, and 64 hex digits.
public enum KeyFingerprint {
    private static let prefix = "SHA256:"

    /// As it is printed, and read again.
    public static func text(_ digest: SHA256Digest) -> String { prefix + digest.hex }

    /// - Returns: nil for text without the prefix, such as the name of a key's file.
    /// - Throws: `DigestError.badFingerprint` for the prefix and something else behind it than 64 hex digits.
    public static func parse(_ text: some StringProtocol) throws(DigestError) -> SHA256Digest? {
        guard text.prefix(prefix.count).uppercased() == prefix else { return nil }
        do {
            return try SHA256Digest(hex: text.dropFirst(prefix.count))
        } catch {
            throw .badFingerprint(String(text))
        }
    }
}

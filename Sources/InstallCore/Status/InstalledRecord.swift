/// installed.json: what this node was installed from, and on whose word.
public struct InstalledRecord: Codable, Hashable, Sendable {
    public var schemaVersion = 1
    public var run: RunRecord
    /// RFC 3339, UTC.
    public var installedAt: String
    /// True when --insecure-skip-signature was typed.
    public var signatureSkipped: Bool
}

/// installed.json: what this node was installed from, and on whose word.
public struct InstalledRecord: Codable, Hashable, Sendable {
    public var schemaVersion = 1
    public var run: RunRecord
    /// RFC 3339, UTC.
    public var installedAt: String
    /// True when --insecure-skip-signature was typed for any run of this installation.
    public var signatureSkipped: Bool
}

extension InstalledRecord {
    /// - Parameters:
    ///   - node: what the last run was asked to do.
    ///   - state: of the journal since the installation began.
    init(_ node: RunRecord, _ state: JournalState, installedAt: String) {
        self.init(run: node, installedAt: installedAt, signatureSkipped: state.signatureSkipped)
        // The key of a later run does not vouch for what an unchecked one put here.
        if signatureSkipped { run.keyFingerprint = nil }
    }
}

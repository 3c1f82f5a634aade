public import BundleModel

/// A version, or words for one: `v1.33.6`, `v1.33`, `stable`.
public enum VersionSelector: Hashable, Sendable {
    case exact(SemanticVersion)
    /// The newest known patch of `1.33`.
    case line(String)
    /// The newest that the matrix recommends without more being said; `VersionMatrix+Selection.swift` has the rules.
    case stable

    /// - Throws: `VersionError.malformed` with the raw text.
    public init(_ text: some StringProtocol) throws(VersionError) {
        if text == "stable" {
            self = .stable
            return
        }
        let body = text.hasPrefix("v") ? String(text.dropFirst()) : String(text)
        guard body.split(separator: ".", omittingEmptySubsequences: false).count == 2 else {
            self = .exact(try SemanticVersion(text))
            return
        }
        // A line is a version that lacks its patch.
        do { self = .line(try SemanticVersion("\(body).0").minorName) } catch { throw .malformed(String(text)) }
    }
}

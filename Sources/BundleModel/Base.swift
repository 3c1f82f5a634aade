/// The bundle that a delta needs on a node: what the delta leaves out is what nodes have from there.
///
/// It is named for people; what a node goes by are the pieces themselves, which the packs list as `omitted`.
public struct Base: Codable, Hashable, Sendable {
    public var productLine: String
    public var sequence: UInt64
    /// RFC 3339, UTC, whole seconds.
    public var createdAt: String
    public var releaseID: SHA256Digest
    public var kubernetes: SemanticVersion
    /// Of the bytes of its `bundle.json`: no other bundle has it.
    public var index: SHA256Digest

    /// - Parameter digest: of the index's bytes.
    public init(_ index: BundleIndex, digest: SHA256Digest) {
        productLine = index.productLine
        sequence = index.sequence
        createdAt = index.createdAt
        releaseID = index.releaseID
        kubernetes = index.release.kubernetes
        self.index = digest
    }

    /// How a person finds it, in one line.
    public var text: String {
        "Kubernetes \(kubernetes), sequence \(sequence) of '\(productLine)', made \(createdAt), index \(index)"
            .printable
    }
}

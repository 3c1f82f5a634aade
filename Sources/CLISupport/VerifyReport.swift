public import BundleModel

/// What `bundler verify` and `node-install verify` say of a bundle whose every byte was checked.
public struct VerifyReport: Encodable, Sendable {
    public let schemaVersion = 1
    public var file: String
    /// `SHA256:<hex>` of the trusted key that signed; nil where nobody asked.
    public var key: String?
    /// Others whose signatures are good.
    public var otherKeys: [String]
    public var kubernetes: SemanticVersion
    public var releaseID: SHA256Digest
    public var sequence: UInt64
    public var createdAt: String
    /// Compressed bytes of all packs that were checked.
    public var packBytes: UInt64
    /// False for a bundle without its executable, though the index may have one: the file is what was checked.
    public var headChecked: Bool
    /// What a delta needs on a node; nil for a whole bundle.
    public var base: Base?

    /// - Parameters: as above.
    public init(file: String, key: String?, otherKeys: [String], headChecked: Bool, index: BundleIndex) {
        self.file = file
        self.key = key
        self.otherKeys = otherKeys
        kubernetes = index.release.kubernetes
        releaseID = index.releaseID
        sequence = index.sequence
        createdAt = index.createdAt
        packBytes = index.packs.reduce(0) { $0 + $1.size }
        self.headChecked = headChecked
        base = index.base
    }

    public var text: String {
        var text = """
            signature  \(key.map { "valid, by trusted key \($0)" } ?? "not looked at")
            executable \(headChecked ? "as signed" : "none in this file")
            packs      \(ByteCount.text(packBytes)), every chunk as signed
            content    Kubernetes \(kubernetes), release \(releaseID.hex.prefix(16)), sequence \(sequence), \
            made \(createdAt.printable)

            """
        if let base { text += "delta      nodes need its base: \(base.text)\n" }
        return text
    }
}

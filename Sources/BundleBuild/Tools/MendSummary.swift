public import BundleModel
public import Payload

/// What `repair` took from where.
public struct MendSummary: Codable, Hashable, Sendable {
    public var schemaVersion = 1
    public var damaged: String
    /// The whole bundle.
    public var file: String
    /// Fingerprint of the trusted key that signed the index.
    public var key: SHA256Digest
    /// The copy that the index is from.
    public var index: String
    /// The copy that the executable is from; nil where the damaged file's own is whole, or there is none.
    public var head: String?
    /// Chunks that are not from the damaged file.
    public var chunks: [RepairPlan.Taken]
    /// Bytes of these chunks.
    public var bytesTaken: UInt64

    public init(
        damaged: String, file: String, key: SHA256Digest, index: String, head: String?, chunks: [RepairPlan.Taken]
    ) {
        self.damaged = damaged
        self.file = file
        self.key = key
        self.index = index
        self.head = head
        self.chunks = chunks
        bytesTaken = chunks.reduce(0) { $0 + $1.bytes }
    }
}

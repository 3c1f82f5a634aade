/// `bundle.json`: the signed index of a bundle. Its exact bytes are what the signatures cover.
///
/// The format in words is bundle-spec/format.md, its JSON Schema bundle-spec/bundle.schema.json.
public struct BundleIndex: Codable, Hashable, Sendable {
    /// The schema that this code writes and reads. A reader refuses a higher one.
    public static let currentSchemaVersion = 1
    /// The index's name in the bundle.
    public static let fileName = "bundle.json"

    public var schemaVersion: Int
    /// The line of products that sequences are compared within, `kubernetes` by default.
    public var productLine: String
    /// Grows with every bundle of a product line; nodes refuse lower ones. Seconds since 1970 by default.
    public var sequence: UInt64
    /// RFC 3339, UTC, whole seconds.
    public var createdAt: String
    /// Digest of the versions alone: the same for all architectures and operating system packs.
    public var releaseID: SHA256Digest
    public var architecture: CPUArchitecture
    public var release: Release
    /// The executable before the bundle; nil for a bundle without one.
    public var head: Head?
    public var lock: Lock
    public var packs: [Pack]
    /// The bundle that this one is a delta to; nil for a whole one. All else is said of the result, but that packs hold
    /// what travels and list the rest as omitted.
    public var base: Base?

    public init(
        productLine: String, sequence: UInt64, createdAt: String, releaseID: SHA256Digest,
        architecture: CPUArchitecture, release: Release, head: Head?, lock: Lock, packs: [Pack], base: Base? = nil
    ) {
        self.schemaVersion = Self.currentSchemaVersion
        self.productLine = productLine
        self.sequence = sequence
        self.createdAt = createdAt
        self.releaseID = releaseID
        self.architecture = architecture
        self.release = release
        self.head = head
        self.lock = lock
        self.packs = packs
        self.base = base
    }
}

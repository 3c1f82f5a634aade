public import BundleModel
public import Payload

/// What `split` wrote.
public struct SplitSummary: Codable, Hashable, Sendable {
    public var schemaVersion = 1
    /// What was split.
    public var file: String
    public var volumes: [VolumeWriter.Volume]
    /// Where they are, in their order.
    public var paths: [String]
    public var checksums: String
    /// Of the key that signed the checksums; nil where none did.
    public var keyFingerprint: SHA256Digest?

    public init(
        file: String, volumes: [VolumeWriter.Volume], paths: [String], checksums: String, keyFingerprint: SHA256Digest?
    ) {
        self.file = file
        self.volumes = volumes
        self.paths = paths
        self.checksums = checksums
        self.keyFingerprint = keyFingerprint
    }
}

import BundleModel

/// What a file was, or became: enough to tell whether somebody changed it since.
struct FileSnapshot: Codable, Hashable, Sendable {
    var digest: SHA256Digest
    /// Permission bits.
    var mode: UInt16
    var owner: UInt32
    var group: UInt32

    init(digest: SHA256Digest, mode: UInt16, owner: UInt32 = 0, group: UInt32 = 0) {
        self.digest = digest
        self.mode = mode
        self.owner = owner
        self.group = group
    }
}

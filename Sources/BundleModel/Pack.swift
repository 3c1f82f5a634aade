/// A part of the bundle that some nodes need: one tar, compressed as one stream.
public struct Pack: Codable, Hashable, Sendable {
    public enum Content: String, Codable, CaseIterable, Sendable {
        /// Members are files at their place under the node's root.
        case files
        /// Members are documents and layers of images; see `ImageMember`.
        case images
        /// Members are packages of one operating system release.
        case packages
    }

    /// `node`, `images`, `packages-debian-12`. Unique in a bundle.
    public var name: String
    public var content: Content
    public var selector: Selector
    public var compression: Compression
    /// Compressed bytes.
    public var size: UInt64
    /// Bytes of the tar.
    public var uncompressedSize: UInt64
    /// Bytes of every chunk but the last, which has what remains.
    public var chunkSize: UInt64
    /// SHA-256 of each chunk of the compressed bytes.
    public var chunks: [SHA256Digest]
    /// The pack's identity: SHA-256 over the chunk digests' raw bytes in order.
    public var digest: SHA256Digest
    /// In the tar's order.
    public var members: [Member]
    /// Runs of members that not all nodes read, in the tar's order; nil for a pack that is read whole.
    public var parts: [Part]?
    /// The pack that this one's compressed stream goes on from, so that they share the window: its bytes come first, and
    /// its tar. Nil for a stream of its own.
    public var continues: String?
    /// Files of the whole pack that a delta leaves out, since nodes have them from its base; nil where none are.
    public var omitted: [Member]?

    public init(
        name: String, content: Content, selector: Selector, compression: Compression, size: UInt64,
        uncompressedSize: UInt64, chunkSize: UInt64, chunks: [SHA256Digest], digest: SHA256Digest, members: [Member],
        parts: [Part]? = nil, continues: String? = nil, omitted: [Member]? = nil
    ) {
        self.name = name
        self.content = content
        self.selector = selector
        self.compression = compression
        self.size = size
        self.uncompressedSize = uncompressedSize
        self.chunkSize = chunkSize
        self.chunks = chunks
        self.digest = digest
        self.members = members
        self.parts = parts
        self.continues = continues
        self.omitted = omitted
    }

    /// The members of the whole pack: those that it holds, then those that a delta's base brings.
    public var allMembers: [Member] { members + (omitted ?? []) }

    /// The pack's file in the bundle: `packs/node.tar.zst`.
    public var path: String { "packs/\(name).tar.\(compression.format.fileExtension)" }

    /// Which nodes read the pack. An empty list selects all.
    public struct Selector: Codable, Hashable, Sendable {
        public var roles: [NodeRole]
        /// `debian-12`: ID and VERSION_ID of /etc/os-release.
        public var osReleases: [String]

        public init(roles: [NodeRole] = [], osReleases: [String] = []) {
            self.roles = roles
            self.osReleases = osReleases
        }

        public func selects(role: NodeRole, osRelease: String) -> Bool {
            (roles.isEmpty || roles.contains(role)) && (osReleases.isEmpty || osReleases.contains(osRelease))
        }
    }

    /// A regular file, folder or link inside a pack.
    public struct Member: Codable, Hashable, Sendable {
        public enum Kind: String, Codable, Sendable {
            case file
            case directory
            case symlink
        }

        /// Who puts a layer's files into a snapshot.
        public enum Applier: String, Codable, Sendable {
            case containerd
        }

        /// Relative, without `.` or `..` components.
        public var path: String
        public var kind: Kind
        /// Permission bits, such as 0o755 (493).
        public var mode: UInt32
        /// Bytes; 0 for anything but a file.
        public var size: UInt64
        /// Content of a file, else nil.
        public var sha256: SHA256Digest?
        /// Target of a symlink, else nil.
        public var target: String?
        /// Of a plain layer that has to be unpacked by containerd itself; nil for one that may be written without it,
        /// and for anything but a plain layer. It saves the node the attempt, and is no promise the other way.
        public var appliedBy: Applier?

        public init(
            path: String, kind: Kind = .file, mode: UInt32, size: UInt64 = 0, sha256: SHA256Digest? = nil,
            target: String? = nil, appliedBy: Applier? = nil
        ) {
            self.path = path
            self.kind = kind
            self.mode = mode
            self.size = size
            self.sha256 = sha256
            self.target = target
            self.appliedBy = appliedBy
        }
    }
}

/// What containerd has in namespace `k8s.io`.
public struct ContainerdState: Sendable, Hashable {
    public struct ImageRecord: Sendable, Hashable {
        public var mediaType: String
        public var digest: String
        public var size: Int64
        public var labels: [String: String]
    }

    public enum Kind: String, Sendable {
        case committed, active, view, unknown
    }

    public struct Snapshot: Sendable, Hashable {
        public var parent: String
        public var kind: Kind
        public var labels: [String: String]

        public init(parent: String, kind: Kind, labels: [String: String]) {
            self.parent = parent
            self.kind = kind
            self.labels = labels
        }
    }

    /// By name.
    public var images: [String: ImageRecord] = [:]
    /// Labels of each blob, by digest.
    public var content: [String: [String: String]] = [:]
    /// By key.
    public var snapshots: [String: Snapshot] = [:]
    public var leases: [String] = []
    /// Writes of blobs that were begun and not ended.
    public var writes: [String] = []
    /// On the disk: names of files with blobs, of folders with open writes, and how many folders snapshots have.
    public var blobFiles: [String] = []
    public var openFiles: [String] = []
    public var snapshotFolders = 0

    public init() {}

    public var isEmpty: Bool { self == ContainerdState() }

    /// A line for each difference: what was expected (`self`) and what is there (`other`).
    public func differences(to other: ContainerdState) -> [String] {
        func line<Value: Hashable>(_ what: String, _ field: (ContainerdState) -> Value) -> [String] {
            field(self) == field(other) ? [] : ["\(what) \(field(self)) → \(field(other))"]
        }
        return Self.differences("image", images, other.images) + Self.differences("blob", content, other.content)
            + Self.differences("snapshot", snapshots, other.snapshots)
            + line("leases", \.leases) + line("writes", \.writes) + line("blob files", \.blobFiles)
            + line("open files", \.openFiles) + line("snapshot folders", \.snapshotFolders)
    }

    private static func differences<Value: Hashable>(
        _ what: String, _ here: [String: Value], _ there: [String: Value]
    ) -> [String] {
        Set(here.keys).union(there.keys).sorted().filter { here[$0] != there[$0] }.map {
            "\(what) \($0): \(here[$0].map { "\($0)" } ?? "(none)") → \(there[$0].map { "\($0)" } ?? "(none)")"
        }
    }
}

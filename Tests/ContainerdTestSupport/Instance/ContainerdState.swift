/// What containerd has in namespace `k8s.io`, as `ctr` tells it.
public struct ContainerdState: Sendable, Hashable {
    public struct ImageRecord: Sendable, Hashable {
        public var mediaType: String
        public var digest: String
        public var labels: [String: String]
    }

    public struct Snapshot: Sendable, Hashable {
        public var parent: String
        /// `Committed`, `Active`, `View`
        public var kind: String
        public var labels: [String: String]

        public init(parent: String, kind: String, labels: [String: String]) {
            self.parent = parent
            self.kind = kind
            self.labels = labels
        }
    }

    /// By name.
    public var images: [String: ImageRecord]
    /// Labels of each blob, by digest.
    public var content: [String: [String: String]]
    /// By key.
    public var snapshots: [String: Snapshot]
    public var leases: [String]

    public init(
        images: [String: ImageRecord], content: [String: [String: String]], snapshots: [String: Snapshot],
        leases: [String]
    ) {
        self.images = images
        self.content = content
        self.snapshots = snapshots
        self.leases = leases
    }

    public var isEmpty: Bool { images.isEmpty && content.isEmpty && snapshots.isEmpty && leases.isEmpty }

    /// A line for each difference: what was expected (`self`) and what is there (`other`).
    public func differences(to other: ContainerdState) -> [String] {
        Self.differences("image", images, other.images) + Self.differences("blob", content, other.content)
            + Self.differences("snapshot", snapshots, other.snapshots)
            + (leases == other.leases ? [] : ["leases \(leases) → \(other.leases)"])
    }

    private static func differences<Value: Hashable>(
        _ what: String, _ here: [String: Value], _ there: [String: Value]
    ) -> [String] {
        Set(here.keys).union(there.keys).sorted().filter { here[$0] != there[$0] }.map {
            "\(what) \($0): \(here[$0].map { "\($0)" } ?? "(none)") → \(there[$0].map { "\($0)" } ?? "(none)")"
        }
    }
}

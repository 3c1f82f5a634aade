/// Every member of a file tree, by its path from the root; the root itself has the empty path.
public struct SnapshotListing: Hashable, Sendable {
    public var members: [ByteString: SnapshotMember]

    public init(members: [ByteString: SnapshotMember] = [:]) {
        self.members = members
    }

    /// What the other has instead, a line for each difference, sorted by path: `+` only there, `-` only here, `≠` other
    /// fields, each with both values. Empty for equal trees.
    public func differences(to other: SnapshotListing) -> [String] {
        Set(members.keys).union(other.members.keys).sorted().compactMap { path in
            let name = path.bytes.isEmpty ? "(root)" : path.description
            switch (members[path], other.members[path]) {
            case (let here?, nil): return "- \(name): \(here)"
            case (nil, let there?): return "+ \(name): \(there)"
            case (let here?, let there?) where here != there: return "≠ \(name): \(Self.changes(here, there))"
            default: return nil
            }
        }
    }

    /// The same, where times since that moment count as the load's own.
    ///
    /// - Parameter seconds: since 1970.
    public func withoutTimes(since seconds: Int64) -> SnapshotListing {
        SnapshotListing(
            members: members.mapValues { member in
                guard member.seconds >= seconds, member.seconds <= seconds + 86_400 else { return member }
                var member = member
                (member.seconds, member.nanoseconds) = (SnapshotMember.now, 0)
                return member
            })
    }

    private static func changes(_ here: SnapshotMember, _ there: SnapshotMember) -> String {
        let old = Dictionary(here.fields) { first, _ in first }
        let new = Dictionary(there.fields) { first, _ in first }
        return Set(old.keys).union(new.keys).sorted().filter { old[$0] != new[$0] }
            .map { "\($0) \(old[$0] ?? "(none)") → \(new[$0] ?? "(none)")" }.joined(separator: ", ")
    }
}

/// Collects what a mounted image lacks of what its theme is about.
public struct ListingCheck {
    public let listing: SnapshotListing
    public private(set) var problems: [String] = []

    public init(_ listing: SnapshotListing) {
        self.listing = listing
    }

    public subscript(path: ByteString) -> SnapshotMember? { listing.members[path] }

    public mutating func expect(_ holds: Bool, _ what: String) {
        if !holds { problems.append(what) }
    }

    public mutating func absent(_ paths: ByteString...) {
        for path in paths { expect(self[path] == nil, "'\(path)' is there") }
    }

    /// Something is there, of that kind and with what else is asked.
    public mutating func member(
        _ path: ByteString, _ kind: SnapshotMember.Kind, mode: UInt16? = nil, owner: UInt32? = nil,
        group: UInt32? = nil, modified: Int64? = nil, nanoseconds: Int64? = nil
    ) {
        guard let found = self[path] else { return problems.append("'\(path)' is missing") }
        expect(found.kind == kind, "'\(path)' is no \(kind): \(found)")
        expect(mode == nil || found.mode == mode, "'\(path)' has another mode: \(found)")
        expect(owner == nil || found.owner == owner, "'\(path)' has another owner: \(found)")
        expect(group == nil || found.group == group, "'\(path)' has another group: \(found)")
        expect(modified == nil || found.seconds == modified, "'\(path)' has another time: \(found)")
        expect(nanoseconds == nil || found.nanoseconds == nanoseconds, "'\(path)' has another time: \(found)")
    }

    /// A file with exactly that content.
    public mutating func file(_ path: ByteString, _ content: ByteString) {
        member(path, .file)
        guard let found = self[path] else { return }
        expect(found.digest == content.digest, "'\(path)' has another content: \(found)")
    }

    public mutating func symlink(_ path: ByteString, to target: ByteString) {
        member(path, .symlink)
        expect(self[path]?.target == target, "'\(path)' leads to '\(self[path]?.target ?? "")', expected '\(target)'")
    }

    /// The paths are one inode, and no other path is.
    public mutating func hardLinked(_ paths: ByteString...) {
        for path in paths {
            let links = self[path]?.hardLinks ?? []
            expect(links == paths.sorted(), "'\(path)' is one of \(links), expected \(paths.sorted())")
        }
    }

    public mutating func attribute(_ path: ByteString, _ name: ByteString, _ value: ByteString) {
        let found = self[path]?.attributes[name]
        expect(found == value, "'\(path)' has \(name)='\(found?.description ?? "(none)")', expected '\(value)'")
    }

    /// The names directly in a folder.
    public mutating func children(_ path: ByteString, _ names: ByteString...) {
        let prefix = path.bytes.isEmpty ? [] : path.bytes + [UInt8(ascii: "/")]
        let found = listing.members.keys.filter { $0.bytes.starts(with: prefix) && !$0.bytes.isEmpty }
            .map { ByteString($0.bytes.dropFirst(prefix.count)) }
            .filter { !$0.bytes.isEmpty && !$0.bytes.contains(UInt8(ascii: "/")) }.sorted()
        expect(found == names.sorted(), "'\(path)' holds \(found), expected \(names.sorted())")
    }
}

public import BundleModel

/// What an index may say about the parts of a pack: runs of members one behind the other, which end where the tar and
/// the compressed stream can have ends, and of which no node needs a later one without the earlier.
public enum PartListing {
    /// Bytes of a tar's blocks.
    private static let block: UInt64 = 512
    private static let limit = 16

    /// - Parameter pack: with sizes and members that fit each other.
    /// - Returns: what is wrong; nil when nothing is, or when there are no parts.
    public static func problem(_ pack: Pack) -> String? {
        guard let parts = pack.parts else { return nil }
        guard (1...limit).contains(parts.count) else { return "\(parts.count) parts, not 1 to \(limit)" }
        guard Set(parts.map(\.name)).count == parts.count else { return "two parts of one name" }
        var before = Pack.Part(name: "", roles: [], members: 0, uncompressedEnd: 0, end: 0)
        var next = 0
        for (number, part) in parts.enumerated() {
            guard part.members > 0, part.members <= pack.members.count - next else {
                return "part '\(part.name)' has \(part.members) members of \(pack.members.count)"
            }
            let members = pack.members[next..<next + part.members]
            next += part.members
            let isLast = number == parts.count - 1
            guard part.uncompressedEnd > before.uncompressedEnd, part.end > before.end,
                part.uncompressedEnd.isMultiple(of: block),
                part.uncompressedEnd - before.uncompressedEnd >= leastSize(members),
                isLast
                    ? part.uncompressedEnd == pack.uncompressedSize && part.end == pack.size
                    : part.uncompressedEnd < pack.uncompressedSize && part.end < pack.size
            else { return "part '\(part.name)' ends where it cannot" }
            guard NodeRole.allCases.allSatisfy({ !part.serves($0) || before.serves($0) }) else {
                return "part '\(part.name)' is for nodes that do not read the one before it"
            }
            before = part
        }
        return next == pack.members.count ? nil : "\(next) members in parts, \(pack.members.count) in all"
    }

    /// Bytes of a tar that holds the members: a header and whole blocks of content each.
    private static func leastSize(_ members: ArraySlice<Pack.Member>) -> UInt64 {
        members.reduce(0) { $0 + block + ($1.size + block - 1) / block * block }
    }
}

public import BundleModel

/// What an index may list as the members of a pack. Looked at before the first byte is unpacked.
public enum PackListing {
    /// The first member that must not be there, and why; nil when all are fine. For packs of any content but images.
    public static func problem(_ members: [Pack.Member]) -> (path: String, reason: String)? {
        var last: String?
        var total: UInt64 = 0
        var leaves: Set<[UInt8]> = []
        for member in members {
            if let reason = problem(member) { return (member.path, reason) }
            // By bytes: two spellings that Unicode calls the same are two files.
            if let last, !last.utf8.lexicographicallyPrecedes(member.path.utf8) {
                return (member.path, last.utf8.elementsEqual(member.path.utf8) ? "listed twice" : "out of order")
            }
            last = member.path
            let (sum, overflow) = total.addingReportingOverflow(member.size)
            if overflow { return (member.path, "sizes that cannot be") }
            total = sum
            if member.kind != .directory { leaves.insert(Array(member.path.utf8)) }
        }
        return members.lazy.compactMap { misplaced($0, leaves) }.first
    }

    /// Something below a file or a link.
    private static func misplaced(_ member: Pack.Member, _ leaves: Set<[UInt8]>) -> (path: String, reason: String)? {
        let bytes = Array(member.path.utf8)
        for (end, byte) in bytes.enumerated() where byte == UInt8(ascii: "/") {
            if leaves.contains(Array(bytes[..<end])) { return (member.path, "lies below a file or a link") }
        }
        return nil
    }

    private static func problem(_ member: Pack.Member) -> String? {
        if let reason = MemberPath.problem(member.path) { return reason }
        switch member.kind {
        case .symlink:
            if let reason = MemberPath.problem(linkAt: member.path, to: member.target ?? "") { return reason }
        case .file, .directory:
            if member.target != nil { return "a target, and no link" }
            // Programs of this product need no such bits; a pack that has them was not made by it.
            if member.mode & ~0o777 != 0 { return "setuid, setgid or sticky" }
        }
        if member.appliedBy != nil { return "who applies it, and no layer" }
        if (member.sha256 != nil) != (member.kind == .file) {
            return "a file without a digest, or a digest without one"
        }
        return member.kind != .file && member.size != 0 ? "a size, and no file" : nil
    }
}

import BundleModel
import FoundationEssentials
import Host
import Signing

/// Files that packs put in place, compared with what the index lists.
struct PlacedFiles: Sendable {
    let members: [Pack.Member]
    let root: HostRoot

    /// What differs, a sentence for each, in the members' order. Hashes on all cores.
    func problems() async throws -> [String] {
        // The largest first: no core is alone with it at the end.
        let order = members.indices.sorted { members[$0].size > members[$1].size }
        return try await withThrowingTaskGroup(of: (place: Int, problem: String?).self) { group in
            var found: [Int: String] = [:]
            for (count, place) in order.enumerated() {
                if count >= ProcessInfo.processInfo.activeProcessorCount, let next = try await group.next() {
                    found[next.place] = next.problem
                }
                group.addTask {
                    try await BlockingPool.shared.run { (place, try Self.problem(members[place], below: root)) }
                }
            }
            for try await next in group { found[next.place] = next.problem }
            return found.sorted { $0.key < $1.key }.map(\.value)
        }
    }

    /// How what is on the disk differs from a member of a pack; nil where it does not. Blocks.
    static func problem(_ member: Pack.Member, below root: HostRoot) throws -> String? {
        let path = root.resolve("/\(member.path)")
        guard let status = try FileSystem.status(path) else { return "/\(member.path) is missing" }
        switch member.kind {
        case .directory: if status.kind != .directory { return "/\(member.path) is not a folder" }
        case .symlink:
            if try status.kind != .symlink || HostChanges.linkTarget(path) != member.target {
                return "/\(member.path) is not the link it should be"
            }
        case .file:
            if status.kind != .file || status.size != member.size || status.mode != UInt16(member.mode) {
                return "/\(member.path) has another size or mode"
            }
            if try SHA256Hasher.hash(file: path) != member.sha256 {
                return "/\(member.path) has another content"
            }
        }
        return nil
    }
}

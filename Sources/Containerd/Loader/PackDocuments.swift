import Archive
import BundleModel
import Signing

/// Collects the images' documents from the beginnings of their packs. Blocks.
struct PackDocuments {
    /// Bytes that may be kept of one pack; its documents are far smaller.
    private static let budget: UInt64 = 64 << 20

    private let snapshotter: String
    private var known: [SHA256Digest: [UInt8]] = [:]
    private var lacking: [SHA256Digest: [ImageToLoad]] = [:]
    private var plans: [ImagePlan] = []

    /// Plans of these images, in their order.
    ///
    /// - Throws: `ContainerdError.missingFromPacks`, `.unusableDocument`; `ArchiveError.wrongDigest`, and what the packs
    ///   throw.
    static func plans(
        for images: [ImageToLoad], in packs: [any ImagePack], snapshotter: String
    ) throws -> [ImagePlan] {
        var documents = PackDocuments(snapshotter: snapshotter)
        for image in images { documents.lacking[image.digest, default: []].append(image) }
        for pack in packs where !documents.lacking.isEmpty { try documents.read(pack) }
        guard documents.lacking.isEmpty else {
            throw ContainerdError.missingFromPacks(
                documents.lacking.map { "\($0) of \($1[0].reference)" }.sorted())
        }
        let byImage = Dictionary(documents.plans.map { ($0.image, $0) }) { first, _ in first }
        return images.compactMap { byImage[$0] }
    }

    private init(snapshotter: String) { self.snapshotter = snapshotter }

    private mutating func read(_ pack: any ImagePack) throws {
        var kept: UInt64 = 0
        try pack.forEachMember { member, content in
            guard let name = member.path.dropPrefix("blobs/sha256/"), member.size <= UInt64(ImageDocuments.limit),
                kept + member.size <= Self.budget
            else { return false }
            let bytes = try content.readAll(member)
            kept += member.size
            let digest = SHA256Hasher.hash(bytes)
            guard digest.hex.utf8.elementsEqual(name.utf8) else {
                throw ArchiveError.wrongDigest(member.path, expected: member.sha256 ?? digest, actual: digest)
            }
            known[digest] = bytes
            try resolve(digest)
            return !lacking.isEmpty
        }
    }

    /// Goes on with the images that waited for a document.
    private mutating func resolve(_ digest: SHA256Digest) throws {
        for image in lacking.removeValue(forKey: digest) ?? [] {
            switch try ImagePlan.make(image, snapshotter: snapshotter, known) {
            case .plan(let plan): plans.append(plan)
            case .lacks(let next): lacking[next, default: []].append(image)
            }
        }
    }
}

extension ByteSource {
    /// - Throws: `ArchiveError.unexpectedMember` where the content is not as long as the member says.
    fileprivate func readAll(_ member: Pack.Member) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Int(member.size) + 1)
        var count = 0
        while count < bytes.count {
            let more = try bytes.withUnsafeMutableBytes { try read(into: .init(rebasing: $0[count...])) }
            if more == 0 { break }
            count += more
        }
        guard count == Int(member.size) else {
            throw ArchiveError.unexpectedMember(member.path, reason: "not \(member.size) bytes long")
        }
        bytes.removeLast()
        return bytes
    }
}

extension String {
    /// What follows a prefix; nil without it.
    fileprivate func dropPrefix(_ prefix: String) -> Substring? {
        hasPrefix(prefix) ? dropFirst(prefix.count) : nil
    }
}

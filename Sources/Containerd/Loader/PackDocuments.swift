import Archive
import BundleModel
import Signing

/// Collects the images' documents from the beginnings of their packs, until there is a plan of each image.
struct PackDocuments {
    /// Bytes that may be kept of one pack; its documents are far smaller.
    private static let budget: UInt64 = 64 << 20

    private let images: [ImageToLoad]
    private let snapshotter: String
    private var known: [SHA256Digest: [UInt8]] = [:]
    private var lacking: [SHA256Digest: [ImageToLoad]] = [:]
    private var found: [ImagePlan] = []
    /// Bytes of documents in this pack.
    private var kept: UInt64 = 0

    init(_ images: [ImageToLoad], snapshotter: String) {
        self.images = images
        self.snapshotter = snapshotter
        for image in images { lacking[image.digest, default: []].append(image) }
    }

    var isComplete: Bool { lacking.isEmpty }

    /// In the order of the images, once all documents are there.
    var plans: [ImagePlan] {
        let byImage = Dictionary(found.map { ($0.image, $0) }) { first, _ in first }
        return images.compactMap { byImage[$0] }
    }

    /// What to say where the packs end before that.
    var incomplete: ContainerdError {
        .missingFromPacks(lacking.map { "\($0) of \($1[0].reference)" }.sorted())
    }

    mutating func beginPack() { kept = 0 }

    /// - Returns: false for what is no document: no more of them come in this pack.
    /// - Throws: `ContainerdError.unusableDocument`, `ArchiveError.wrongDigest`, and what the content throws.
    mutating func take(_ member: Pack.Member, _ content: any ByteSource) throws -> Bool {
        guard let name = member.path.dropPrefix("blobs/sha256/"), member.size <= UInt64(ImagePlan.documentLimit),
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
        return true
    }

    /// Goes on with the images that waited for a document.
    private mutating func resolve(_ digest: SHA256Digest) throws {
        for image in lacking.removeValue(forKey: digest) ?? [] {
            switch try ImagePlan.make(image, snapshotter: snapshotter, known) {
            case .plan(let plan): found.append(plan)
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

import Archive
import BundleModel
import Signing

/// What an index must hold by itself, whoever signed it: nothing that a later sum or a name could trip over.
enum IndexCheck {
    private static let packLimit = 1024
    /// Bytes; the sum over all packs still fits. No disk is that large.
    private static let sizeLimit: UInt64 = 1 << 48
    private static let chunkLimit: UInt64 = 64 << 20

    /// - Returns: what is wrong with the index; nil when nothing is.
    static func problem(_ index: BundleIndex) -> String? {
        if index.packs.count > packLimit { return "\(index.packs.count) packs, at most \(packLimit) are read" }
        if index.packs.count(where: { $0.content == .images }) > 1 { return "two packs of images" }
        if let contradiction = index.lock.contradiction { return contradiction }
        var names: Set<String> = []
        for pack in index.packs {
            guard isName(pack.name) else { return "a pack's name is not one: '\(pack.name)'" }
            guard names.insert(pack.name).inserted else { return "pack \(pack.name) is listed twice" }
            // They name folders, when a bundle is extracted.
            if let release = pack.selector.osReleases.first(where: { !isName($0) }) {
                return "pack \(pack.name): the name of an operating system's release is not one: '\(release)'"
            }
            if let problem = problem(pack) ?? omissionProblem(pack, isDelta: index.base != nil) {
                return "pack \(pack.name): \(problem)"
            }
        }
        return zip(index.packs, [nil] + index.packs).lazy.compactMap { pack, before in
            continuationProblem(pack, before: before).map { "pack \(pack.name): \($0)" }
        }.first
    }

    /// A stream goes on from the pack before, which every node reads whole that reads this one, and once only: two tars
    /// in a stream at most.
    private static func continuationProblem(_ pack: Pack, before: Pack?) -> String? {
        guard let name = pack.continues else { return nil }
        guard let before, before.name == name else { return "it continues '\(name)', which is not the pack before it" }
        guard before.continues == nil, before.parts == nil, before.selector == Pack.Selector() else {
            return "it continues '\(name)', which not all nodes read"
        }
        guard before.compression == pack.compression, pack.compression.format == .zstd else {
            return "it continues '\(name)', which is compressed otherwise"
        }
        return nil
    }

    private static func problem(_ pack: Pack) -> String? {
        guard pack.size <= sizeLimit, pack.uncompressedSize <= sizeLimit else { return "a size that cannot be" }
        guard Compression.windowLogs.contains(pack.compression.windowLog) else {
            return
                "a window of 2^\(pack.compression.windowLog) bytes, at most 2^\(Compression.windowLogs.upperBound) is read"
        }
        guard pack.chunkSize > 0, pack.chunkSize <= chunkLimit,
            UInt64(pack.chunks.count) == (pack.size + pack.chunkSize - 1) / pack.chunkSize
        else { return "\(pack.chunks.count) chunks of \(pack.chunkSize) bytes are not \(pack.size) bytes" }
        let identity = SHA256Hasher()
        for chunk in pack.chunks { identity.update(chunk.bytes) }
        guard identity.finish() == pack.digest else { return "the chunks are not those of its digest" }
        if let problem = listingProblem(pack) { return problem }
        // No sum overflows: the listing was checked for that.
        let members = pack.members.reduce(0) { $0 + $1.size }
        guard members <= pack.uncompressedSize else {
            return "members of \(members) bytes in a tar of \(pack.uncompressedSize)"
        }
        return PartListing.problem(pack)
    }

    private static func listingProblem(_ pack: Pack) -> String? {
        if pack.content == .images { return ImageListing.problem(pack) }
        if pack.parts != nil { return "parts, and no images" }
        return PackListing.problem(pack.members).map { "member '\($0.path)': \($0.reason)" }
    }

    /// A delta leaves out whole files that stand nowhere else in the pack, and of packages nothing but packages.
    private static func omissionProblem(_ pack: Pack, isDelta: Bool) -> String? {
        guard let omitted = pack.omitted else { return nil }
        guard isDelta else { return "members are omitted, and no base has them" }
        guard !omitted.isEmpty, omitted.allSatisfy({ $0.kind == .file }) else { return "what is omitted are no files" }
        if pack.content == .images { return ImageListing.problem(omittedFrom: pack) }
        guard pack.content == .files || omitted.allSatisfy({ $0.path.hasSuffix(".deb") }) else {
            return "what is omitted are no packages"
        }
        let all = pack.allMembers.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        if let (path, reason) = PackListing.problem(all) { return "member '\(path)': \(reason)" }
        // No sum overflows, the listing was checked for that; and so none over all packs.
        return all.reduce(0) { $0 + $1.size } > sizeLimit ? "a size that cannot be" : nil
    }

    /// Lowercase letters, digits, `.`, `_` and `-`, as in the ids of operating systems; at most 64.
    private static func isName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count) && name.utf8.first != UInt8(ascii: ".")
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
                case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
                default: false
                }
            }
    }
}

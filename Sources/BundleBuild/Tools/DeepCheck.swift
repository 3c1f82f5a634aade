import Archive
public import BundleModel
import FoundationEssentials
public import Payload

/// Looks at a bundle as nodes and tools will: every pack is unpacked, and nothing of it kept. Memory is bounded by the
/// packs' window and the images' documents.
public struct DeepCheck: Sendable {
    /// Bytes of a list of packages at most.
    private static let listLimit = 4 << 20

    private let bundle: BundleFile
    private let progress: any ProgressSink

    public init(_ bundle: BundleFile, progress: any ProgressSink) {
        self.bundle = bundle
        self.progress = progress
    }

    /// - Throws: `PayloadError` and `ArchiveError` of the category `bundleDamaged`, that name what is wrong.
    public func run() async throws -> DeepSummary {
        let (bundle, progress) = (bundle, progress)
        return try await CancellationFlag.blocking { stop in
            let members = bundle.index.packs.flatMap(\.members)
            let total = members.reduce(UInt64(0)) { $0 + $1.size }
            let meter = ByteMeter("unpack packs", total: total, progress, stop: stop)
            var summary = DeepSummary(members: members.count, bytes: total, images: 0, layers: 0, packages: 0)
            for pack in bundle.index.packs {
                switch pack.content {
                case .files: try Self.read(pack, of: bundle, meter) { _, _ in }
                case .packages: summary.packages += try Self.packages(pack, of: bundle, meter)
                case .images:
                    let found = try Self.images(pack, of: bundle, meter)
                    summary.images += found.images
                    summary.layers += found.layers
                }
            }
            meter.finish()
            return summary
        }
    }

    /// Reads every member to its end, with its digest.
    ///
    /// - Parameter look: given the content of one; may leave any of it unread.
    private static func read(
        _ pack: Pack, of bundle: BundleFile, _ meter: ByteMeter,
        _ look: (Pack.Member, any ByteSource) throws -> Void
    ) throws {
        try bundle.reader(of: pack).forEachMember(pack.members) { member, content in
            let metered = MeteredSource(content, meter)
            try look(member, metered)
            try metered.drain()
            return true
        }
    }

    /// The list and the packages are of each other, and of the lock.
    private static func packages(_ pack: Pack, of bundle: BundleFile, _ meter: ByteMeter) throws -> Int {
        let listName = "packages.json"
        func bad(_ reason: String) -> ArchiveError { .unexpectedMember(listName, reason: reason) }
        var bytes: [UInt8] = []
        try read(pack, of: bundle, meter) { member, content in
            guard member.path == listName else { return }
            guard member.size <= UInt64(listLimit) else { throw bad("it has \(member.size) bytes") }
            bytes = try MeteredSource.bytes(of: content)
        }
        guard pack.members.contains(where: { $0.path == listName }) else {
            throw ArchiveError.missingMembers([listName], archive: pack.name)
        }
        let list: PackageList
        do {
            list = try CanonicalJSON.decode(PackageList.self, from: Data(bytes))
        } catch {
            throw bad(CanonicalJSON.explanation(of: error))
        }
        let members = Dictionary(pack.allMembers.map { ($0.path, $0) }) { first, _ in first }
        let release = pack.selector.osReleases.first
        for package in list.packages {
            guard let member = members[package.file] else { throw bad("\(package.file) is not in the pack") }
            let entry = bundle.index.lock.artifacts.first { artifact in
                artifact.kind == .deb && artifact.name == package.name && artifact.version == package.version
                    && artifact.osRelease == release
            }
            guard let entry else { throw bad("\(package.name) \(package.version) is not in the lock") }
            guard entry.sha256 == member.sha256, entry.size == member.size else {
                throw ArchiveError.wrongDigest(
                    package.file, expected: entry.sha256, actual: member.sha256 ?? entry.sha256)
            }
        }
        let listed = Set(list.packages.map(\.file)).union([listName])
        if let extra = pack.members.first(where: { !listed.contains($0.path) }) {
            throw bad("it does not list \(extra.path)")
        }
        return list.packages.count
    }

    /// Every image has its documents and layers, and each layer unpacks to what its image's config says.
    private static func images(
        _ pack: Pack, of bundle: BundleFile, _ meter: ByteMeter
    ) throws -> (images: Int, layers: Int) {
        let documents = try ImageCatalog.documents(
            of: pack, bundle.reader(of: pack, prefix: pack.prefix(throughPart: 0)))
        let catalog = try ImageCatalog(bundle.index.lock.images, documents: documents, members: pack.allMembers)
        var expected: [ImageMember: [(image: ImageReference, diffID: SHA256Digest)]] = [:]
        for image in catalog.images {
            for layer in image.layers {
                expected[layer.member, default: []].append((image.locked.reference, layer.diffID))
            }
        }
        try read(pack, of: bundle, meter) { member, content in
            // A plain layer's name is its diffID, and the digest of its content.
            guard let name = ImageMember(path: member.path), case .blob = name, let uses = expected[name] else {
                return
            }
            let measure = try LayerFile.measure(content, name: member.path) { _ in }.measure
            for use in uses where use.diffID != measure.diffID {
                throw PayloadError.badImage(
                    use.image.description,
                    reason: "layer \(name.digest) unpacks to \(measure.diffID), its config says \(use.diffID)")
            }
        }
        // What a delta leaves out nobody can look at here.
        let omitted = Set((pack.omitted ?? []).compactMap { ImageMember(path: $0.path) })
        return (catalog.images.count, expected.keys.count { !omitted.contains($0) })
    }
}

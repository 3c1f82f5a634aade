import Archive
public import BundleModel
import FoundationEssentials
public import Payload
import SystemPackage

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
            var packages: Set<Artifact> = []
            for pack in bundle.index.packs {
                switch pack.content {
                case .files: try Self.read(pack, of: bundle, meter) { _, _ in }
                case .packages: packages.formUnion(try Self.packages(pack, of: bundle, meter))
                case .images:
                    let found = try Self.images(pack, of: bundle, meter)
                    summary.images += found.images
                    summary.layers += found.layers
                }
            }
            meter.finish()
            summary.packages = packages.count
            try Self.requireAll(bundle, packages, images: summary.images)
            return summary
        }
    }

    /// The lock lists nothing that no pack has.
    private static func requireAll(_ bundle: BundleFile, _ packages: Set<Artifact>, images: Int) throws {
        let lock = bundle.index.lock
        if let image = lock.images.first, images == 0 {
            throw PayloadError.badImage(image.reference.description, reason: "the bundle has no images")
        }
        let missingPackages = lock.artifacts.filter { $0.kind == .deb && !packages.contains($0) }
        let missing =
            try LockedFiles(bundle.index.packs).missing(of: lock)
            + missingPackages.map { "\($0.name) \($0.version) for \($0.osRelease ?? "no release")" }
        guard missing.isEmpty else { throw ArchiveError.missingMembers(missing, archive: bundle.path.string) }
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
    ///
    /// - Returns: what the lock has of them.
    private static func packages(_ pack: Pack, of bundle: BundleFile, _ meter: ByteMeter) throws -> Set<Artifact> {
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
        var found: Set<Artifact> = []
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
            found.insert(entry)
        }
        let listed = Set(list.packages.map(\.file)).union([listName])
        if let extra = pack.members.first(where: { !listed.contains($0.path) }) {
            throw bad("it does not list \(extra.path)")
        }
        return found
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

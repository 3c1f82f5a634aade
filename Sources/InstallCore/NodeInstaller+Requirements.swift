import BundleModel
import FoundationEssentials

extension NodeInstaller {
    /// - Parameter packs: those that this node needs.
    func requirements(_ packs: [Pack], _ state: JournalState) throws -> Requirements {
        let index = content.index
        let created = (try? Date(index.createdAt, strategy: .iso8601))?.timeIntervalSince1970 ?? 0
        let floors = options.configuration.preflight
        var needs = Requirements(
            role: options.role, architecture: index.architecture, kubernetes: index.release.kubernetes,
            osReleases: Set(index.packs.filter { $0.content == .packages }.flatMap(\.selector.osReleases)).sorted(),
            createdAt: UInt64(max(0, created)),
            bytes: Self.bytes(
                packs, for: options.role, imageLoader: options.imageLoader ?? state.run?.imageLoader ?? .auto),
            requestedIP: options.nodeIP ?? state.run.flatMap { IPv4Address($0.nodeIP) },
            podCIDR: state.run.flatMap { IPv4Block($0.podCIDR) } ?? options.podCIDR,
            serviceCIDR: state.run.flatMap { IPv4Block($0.serviceCIDR) } ?? options.serviceCIDR)
        needs.isInstalledIP = options.nodeIP == nil && state.run != nil
        needs.knowsNetworks = options.role == .master
        needs.masterMemoryMB = floors?.masterMemoryMB ?? needs.masterMemoryMB
        needs.workerMemoryMB = floors?.workerMemoryMB ?? needs.workerMemoryMB
        needs.masterCPUs = floors?.masterCPUs ?? needs.masterCPUs
        needs.tolerate = Set(floors?.tolerate ?? [])
        for member in packs.filter({ $0.content == .packages }).flatMap(\.allMembers) {
            needs.bundledTools.formUnion(PackageTools.byPackage[PackageTools.packageName(member.path)] ?? [])
        }
        return needs
    }

    /// The folder, as `bytes` names it, that a file of a `files` pack counts for.
    static func folder(of member: Pack.Member) -> String {
        member.path.hasPrefix("opt/cni/") ? "/opt/cni/bin" : "/usr/local/bin"
    }

    /// Bytes that a member of a pack of images takes unpacked, beside the blob: a plain layer what it has, and an eighth
    /// for the rest of blocks; one as published four times its size (3.5 was measured for Kubernetes' own programs).
    static func unpackedSize(of member: Pack.Member) -> UInt64 {
        if isPlainLayer(member) { member.size + member.size / 8 } else { member.size * 4 }
    }

    /// Bytes that a member of a pack of images takes as a blob of containerd's: a plain layer only where ctr loads it.
    static func blobSize(of member: Pack.Member, _ loader: ImageLoaderChoice) -> UInt64 {
        isPlainLayer(member) && loader != .ctr ? 0 : member.size
    }

    static func isPlainLayer(_ member: Pack.Member) -> Bool {
        if case .layer = ImageMember(path: member.path) { true } else { false }
    }

    /// Bytes that will be written, by target folder: files as the index says; images as the blobs that stay and, again,
    /// what they take unpacked.
    static func bytes(
        _ packs: [Pack], for role: NodeRole, imageLoader: ImageLoaderChoice = .auto
    ) -> [String: UInt64] {
        var bytes: [String: UInt64] = [:]
        for pack in packs {
            switch pack.content {
            case .files:
                for member in pack.members { bytes[folder(of: member), default: 0] += member.size }
            case .images:
                for member in pack.members(in: pack.prefix(for: role)) {
                    bytes[ContainerdStep.store, default: 0] +=
                        blobSize(of: member, imageLoader) + unpackedSize(of: member)
                }
            case .packages: bytes[NodePaths.state, default: 0] += pack.uncompressedSize
            }
        }
        return bytes
    }
}

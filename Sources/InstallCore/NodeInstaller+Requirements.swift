import BundleModel
import FoundationEssentials

extension NodeInstaller {
    func requirements(_ facts: NodeFacts, _ state: JournalState) throws -> Requirements {
        let index = content.index
        let packs = index.packs.filter { $0.selector.selects(role: options.role, osRelease: facts.osRelease) }
        let created = (try? Date(index.createdAt, strategy: .iso8601))?.timeIntervalSince1970 ?? 0
        let floors = options.configuration.preflight
        var needs = Requirements(
            role: options.role, architecture: index.architecture, kubernetes: index.release.kubernetes,
            osReleases: Set(index.packs.filter { $0.content == .packages }.flatMap(\.selector.osReleases)).sorted(),
            createdAt: UInt64(max(0, created)), bytes: Self.bytes(packs),
            requestedIP: options.nodeIP ?? state.run.flatMap { IPv4Address($0.nodeIP) },
            podCIDR: state.run.flatMap { IPv4Block($0.podCIDR) } ?? options.podCIDR,
            serviceCIDR: state.run.flatMap { IPv4Block($0.serviceCIDR) } ?? options.serviceCIDR)
        needs.knowsNetworks = options.role == .master
        needs.masterMemoryMB = floors?.masterMemoryMB ?? needs.masterMemoryMB
        needs.workerMemoryMB = floors?.workerMemoryMB ?? needs.workerMemoryMB
        needs.masterCPUs = floors?.masterCPUs ?? needs.masterCPUs
        needs.tolerate = Set(floors?.tolerate ?? [])
        for member in packs.filter({ $0.content == .packages }).flatMap(\.members) {
            needs.bundledTools.formUnion(PackageTools.byPackage[PackageTools.packageName(member.path)] ?? [])
        }
        return needs
    }

    /// Bytes that will be written, by target folder: files as the index says; images as their blobs and, unpacked,
    /// four times as much again (3.5 was measured for Kubernetes' own programs).
    static func bytes(_ packs: [Pack]) -> [String: UInt64] {
        var bytes: [String: UInt64] = [:]
        for pack in packs {
            switch pack.content {
            case .files:
                for member in pack.members {
                    let folder = member.path.hasPrefix("opt/cni/") ? "/opt/cni/bin" : "/usr/local/bin"
                    bytes[folder, default: 0] += member.size
                }
            case .images: bytes["/var/lib/containerd", default: 0] += pack.uncompressedSize * 5
            case .packages: bytes["/var/lib/node-install", default: 0] += pack.uncompressedSize
            }
        }
        return bytes
    }
}

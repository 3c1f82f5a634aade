import BundleModel
import CLISupport
import Payload
import Signing
import SystemPackage

/// `inspect --format json`.
struct InspectReport: Codable {
    var schemaVersion = 1
    var file: String
    /// Key ids of the signatures in the file. Their presence proves nothing.
    var signatures: [String]
    /// The files that it is read from; nil for one file.
    var volumes: [String]?
    /// Every byte of the file, in order, by what it belongs to.
    var regions: [Region]
    var index: BundleIndex

    init(_ bundle: BundleFile) {
        file = bundle.path.string
        signatures = bundle.signatures.map(\.keyID)
        volumes = bundle.volumes.count > 1 ? bundle.volumes.map(\.string) : nil
        regions = bundle.regions
        index = bundle.index
    }

    var text: String {
        let release = index.release
        let head = regions.contains { $0.name == "head" } ? index.head : nil
        let addOns = (release.addOns ?? []).map { "\($0.name) \($0.version)".printable }.joined(separator: ", ")
        var text = """
            product     \(index.productLine.printable), sequence \(index.sequence), made \(index.createdAt.printable)
            release     \(index.releaseID.hex)
            versions    Kubernetes \(release.kubernetes), containerd \(release.containerd), runc \(release.runc), \
            CNI plugins \(release.cniPlugins), crictl \(release.crictl)
            network     \(release.cni.kind.rawValue) \(release.cni.version?.description ?? "")
            add-ons     \(addOns.isEmpty ? "none" : addOns)
            machine     \(index.architecture.rawValue)
            executable  \(head.map { ByteCount.text($0.size) } ?? "none: use node-install --bundle")
            signatures  \(signatures.isEmpty ? "none" : signatures.joined(separator: ", ")) (not judged here)


            """
        if let volumes { text += volumes.map { "volume      \($0)\n" }.joined() + "\n" }
        if let base = index.base {
            let omitted = index.packs.flatMap { $0.omitted ?? [] }
            let size = ByteCount.text(omitted.reduce(0) { $0 + $1.size })
            text += "delta       without \(omitted.count) members, \(size), of its base: \(base.text)\n\n"
        }
        var packs = TextTable(["PACK", "NODES", "SIZE", "UNPACKED", "MEMBERS", "MEMORY"])
        for pack in index.packs {
            let nodes = pack.selector.roles.map(\.rawValue) + pack.selector.osReleases
            packs.add([
                pack.name, nodes.isEmpty ? "all" : nodes.joined(separator: ","), ByteCount.text(pack.size),
                ByteCount.text(pack.uncompressedSize), "\(pack.members.count)",
                ByteCount.text(pack.compression.decodingMemory),
            ])
            var before: Pack.Part?
            for part in pack.parts ?? [] {
                packs.add([
                    "  \(part.name)", part.roles.isEmpty ? "all" : part.roles.map(\.rawValue).joined(separator: ","),
                    ByteCount.text(part.end - (before?.end ?? 0)),
                    ByteCount.text(part.uncompressedEnd - (before?.uncompressedEnd ?? 0)), "\(part.members)", "",
                ])
                before = part
            }
        }
        var artifacts = TextTable(["ARTIFACT", "VERSION", "SIZE", "PROOF", "SOURCE"])
        for artifact in index.lock.artifacts {
            artifacts.add([
                artifact.name, artifact.version, ByteCount.text(artifact.size), artifact.proof.kind.rawValue,
                artifact.source,
            ])
        }
        var images = TextTable(["IMAGE", "PUBLISHED SIZE", "LAYERS", "DIGEST"])
        for image in index.lock.images {
            images.add([
                image.reference.description, ByteCount.text(image.size), image.layers.rawValue,
                image.digest.description,
            ])
        }
        text += packs.text + "\n" + artifacts.text + "\n" + images.text
        for pack in index.packs {
            guard let omitted = pack.omitted else { continue }
            text += "\nleft out of \(pack.name):\n" + omitted.map { "  \($0.path.printable)\n" }.joined()
        }
        let applied = index.packs.flatMap(\.members).filter { $0.appliedBy == .containerd }.compactMap(\.sha256)
        if !applied.isEmpty {
            text += "\nlayers that nodes leave to containerd:\n" + applied.map { "  \($0)\n" }.joined()
        }
        return text
    }
}

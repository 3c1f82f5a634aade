import BundleModel
import FoundationEssentials
import Host
import Signing
public import SystemPackage

/// Makes images of plans, below a folder of its own.
public struct ImageBuilder: Sendable {
    public let folder: FilePath
    private let runner = SystemProcessRunner()

    /// - Parameter folder: with room for the images; it need not be there.
    public init(folder: FilePath) {
        self.folder = folder
    }

    public func build(_ plan: ImagePlan) async throws -> BuiltImage {
        let place = folder.appending(plan.name)
        let layout = place.appending("layout")
        let blobs = layout.appending("blobs/sha256")
        try FileSystem.makeDirectories(blobs)
        var layers: [BuiltImage.BuiltLayer] = []
        for (index, layer) in plan.layers.enumerated() {
            let stated = try plan.statedDiffIDs.map { try SHA256Digest($0[index]) }
            layers.append(try await build(layer, number: index, family: plan.family, stated: stated, place, blobs))
        }
        let config = BuiltImage.Document(
            mediaType: plan.family.config,
            bytes: try ImageDocuments.encode(
                ImageDocuments.Config(rootfs: .init(diff_ids: layers.map { "\($0.statedDiffID)" }))))
        let manifest = BuiltImage.Document(
            mediaType: plan.family.manifest,
            bytes: try ImageDocuments.encode(
                ImageDocuments.Manifest(
                    mediaType: plan.family.manifest, config: descriptor(config),
                    layers: layers.map {
                        .init(mediaType: $0.mediaType, digest: "\($0.blobDigest)", size: $0.blobSize)
                    })))
        var documents = [config, manifest]
        var target = manifest
        if plan.target == .index {
            target = try index(of: manifest, plan.family)
            documents.append(target)
        }
        for document in documents { try write(document.bytes, blobs.appending(document.digest.hex)) }
        return BuiltImage(
            plan: plan, documents: documents, target: target, manifest: manifest, config: config, layers: layers,
            layout: layout, archive: try await archive(place, target, plan))
    }

    /// Closes the layout below a folder, and makes a tar file of it.
    func archive(_ place: FilePath, _ target: BuiltImage.Document, _ plan: ImagePlan) async throws -> FilePath {
        let layout = place.appending("layout")
        try writeRoot(of: layout, target, named: "\(plan.repository):1")
        let archive = place.appending("archive.tar")
        try await runner.require(
            Command(
                "tar", ["-C", layout.string, "-cf", archive.string, "oci-layout", "index.json", "blobs"], timeout: 600))
        return archive
    }

    /// Other platforms before and after the one that is there.
    private func index(of manifest: BuiltImage.Document, _ family: ImagePlan.Family) throws -> BuiltImage.Document {
        func absent(_ name: ByteString, _ platform: ImageDocuments.Platform) -> ImageDocuments.Descriptor {
            .init(mediaType: family.manifest, digest: "\(name.digest)", size: 528, platform: platform)
        }
        var here = descriptor(manifest)
        here.platform = .init(architecture: "amd64", os: "linux")
        let manifests = [
            absent("arm64", .init(architecture: "arm64", os: "linux", variant: "v8")), here,
            absent("arm", .init(architecture: "arm", os: "linux", variant: "v7")),
            absent("windows", .init(architecture: "amd64", os: "windows")),
        ]
        return BuiltImage.Document(
            mediaType: family.index,
            bytes: try ImageDocuments.encode(ImageDocuments.Index(mediaType: family.index, manifests: manifests)))
    }

    private func writeRoot(of layout: FilePath, _ target: BuiltImage.Document, named name: String) throws {
        var entry = descriptor(target)
        entry.annotations = ["io.containerd.image.name": name, "org.opencontainers.image.ref.name": "1"]
        let index = ImageDocuments.Index(mediaType: ImagePlan.Family.oci.index, manifests: [entry])
        try write(try ImageDocuments.encode(index), layout.appending("index.json"))
        try write(Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8), layout.appending("oci-layout"))
    }

    private func descriptor(_ document: BuiltImage.Document) -> ImageDocuments.Descriptor {
        .init(mediaType: document.mediaType, digest: "\(document.digest)", size: UInt64(document.bytes.count))
    }
}

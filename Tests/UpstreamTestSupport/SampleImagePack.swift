public import Archive
import BundleBuild
public import BundleModel
import Host
public import SystemPackage

/// The pack of some images of a layout, by the code that makes bundles.
public struct SampleImagePack: Sendable {
    public let file: FilePath
    public let pack: Pack
    /// In the order in which they were named.
    public let images: [LockedImage]
    /// What `make` says about them.
    public let notes: [String]

    /// - Parameter images: a name in the layout each, how its layers are kept, and who loads it.
    public init(
        _ layout: SampleLayout, _ images: [(name: String, layers: LockedImage.Layers, roles: [NodeRole])],
        to file: FilePath, compression: Compression = Compression(level: 3), chunkSize: UInt64 = 4 << 20
    ) async throws {
        let (parts, locked, notes) = try await Self.parts(layout, images)
        let output = try FileDescriptor.open(
            file, .readWrite, options: [.create, .truncate], permissions: .ownerReadWrite)
        let summary = try output.closeAfter {
            let writer = try TarPackWriter(
                output: output, compression: compression, threads: 1, modificationTime: 0, order: .given,
                chunkSize: chunkSize)
            for part in parts {
                try writer.beginPart(part.name, roles: part.roles)
                for member in part.members { try writer.add(member) }
            }
            return try writer.finish()
        }
        self.file = file
        self.images = locked
        self.notes = notes
        pack = summary.pack(name: ImagePack.name, content: .images, selector: Pack.Selector())
    }

    public static func parts(
        _ layout: SampleLayout, _ images: [(name: String, layers: LockedImage.Layers, roles: [NodeRole])]
    ) async throws -> (parts: [PackPart], images: [LockedImage], notes: [String]) {
        let provider = FolderImages(folder: layout.path)
        let check = ImageCheck()
        var contents: [(entry: LockedImage, content: CheckedImage)] = []
        for image in images {
            let obtained = try await provider.obtain(
                ImageReference(image.name), pinned: nil, architecture: .amd64, progress: SilentProgress())
            let locked = LockedImage(
                reference: obtained.reference, digest: obtained.target.digest, mediaType: obtained.target.mediaType,
                manifest: obtained.manifest, size: obtained.size, layers: image.layers, roles: image.roles,
                source: obtained.source)
            contents.append((locked, try check.check(obtained)))
        }
        return (ImagePack.parts(of: contents), contents.map(\.entry), ImagePack.notes(on: contents))
    }
}

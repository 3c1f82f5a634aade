import Archive
import BundleModel
import Host
import Payload
import Signing
import SystemPackage
import Testing
import UpstreamTestSupport

@testable import InstallCore

/// A bundle's pack of images, in the order in which real ones are made: all forms of layers, an index, Docker's types,
/// layers that are shared and that come twice, an image of nothing, one that keeps its layers, one for masters.
struct SampleImages: BundleContent {
    static let base = SampleLayer("base", SampleLayer.noise(200_000), .gzip)
    static let top = SampleLayer("top", "top", .zstd)
    static let masters = SampleLayer("masters", SampleLayer.noise(300_000, seed: 7), .none)

    var index: BundleIndex
    let file: FilePath

    init(_ folder: FilePath, compression: Compression = Compression(level: 3)) async throws {
        let layout = try SampleLayout(folder.appending("layout"))
        try await layout.add("r.example/indexed:1", [Self.base, Self.top], isIndexed: true)
        try await layout.add("r.example/docker:1", [Self.base, Self.top, Self.top], docker: true)
        try await layout.add("r.example/nothing:1", [])
        try await layout.add("r.example/kept:1", [Self.base, Self.top], isIndexed: true)
        try await layout.add("r.example/master:1", [Self.base, Self.masters])
        let file = folder.appending("images.pack")
        let made = try await SampleImagePack(
            layout,
            [
                ("r.example/docker:1", .unpacked, []), ("r.example/indexed:1", .unpacked, []),
                ("r.example/kept:1", .original, []), ("r.example/master:1", .unpacked, [.master]),
                ("r.example/nothing:1", .unpacked, []),
            ], to: file, compression: compression)
        var index = try Fixture.index()
        index.packs = [made.pack]
        index.lock.images = made.images
        self.index = index
        self.file = file
    }

    var pack: Pack { index.packs[0] }

    func reader(_ pack: Pack, _ prefix: Pack.Prefix) throws -> PackReader { try Self.reader(of: file, pack, prefix) }

    /// Of a file that holds one pack: of its first bytes alone, so that whoever reads on finds the end.
    static func reader(of file: FilePath, _ pack: Pack, _ prefix: Pack.Prefix) throws -> PackReader {
        let bytes = try FileSystem.read(file, limit: 1 << 30).prefix(Int(prefix.size))
        let beginning = FilePath("\(file).\(prefix.size)")
        try AtomicFile.write(Array(bytes), to: beginning)
        return try PackReader(source: FileByteSource(beginning), compression: pack.compression, prefix: prefix)
    }

    func keep(_ reader: PackReader?) {}
    func verify(_ packs: [Pack], for role: NodeRole, progress: any ProgressSink) async throws {}
    func executable() throws -> [UInt8] { [] }
    func executableHead() throws -> Head { Head(size: 0, sha256: SHA256Hasher.hash([UInt8]())) }

    func images(for role: NodeRole) -> [LockedImage] {
        index.lock.images.filter { $0.roles.isEmpty || $0.roles.contains(role) }
    }

    /// Writes the archive that ctr would read.
    func layout(for role: NodeRole, to path: FilePath) throws {
        let output = try FileDescriptor.open(
            path, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
        try output.closeAfter {
            let prefix = pack.prefix(for: role)
            let catalog = try ImageCatalog.read(images(for: role), from: pack, for: role, in: self)
            try LayoutStream(catalog, TagClaims(index.lock.images)).write(
                reader(pack, prefix), members: pack.members(in: prefix), to: output
            ) { _ in }
        }
    }
}

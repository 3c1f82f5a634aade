import Archive
import BundleModel
import FoundationEssentials
import Payload
import Signing
import SystemPackage

/// A small real bundle in a scratch folder: head, index, a signature, two packs.
struct SampleBundle {
    let folder: FilePath
    let file: FilePath
    let key: SigningKey
    let packs: [Pack]

    /// - Parameters:
    ///   - threads: compression threads, which must not matter.
    ///   - tool: content of the first pack's program.
    ///   - layers: contents of layers; the second pack then is one of images in parts: a document, the first layer for
    ///     all, the rest for masters.
    ///   - isOneStream: the second pack goes on with the first one's stream.
    ///   - content: of the head.
    init(
        threads: Int = 1, key: SigningKey? = nil, tool: [UInt8] = [UInt8](repeating: 0x61, count: 40_000),
        layers: [[UInt8]]? = nil, isOneStream: Bool = false,
        head content: [UInt8] = [0x7f] + Array("ELF stands for the executable\n".utf8)
    ) throws {
        folder = FilePath("/tmp/kubeferry-payload-\(UUID().uuidString)")
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        file = folder.appending("sample.run")
        self.key = try key ?? SigningKey.generate()
        let head = folder.appending("head")
        try Self.write(content, to: head)
        let first = try Self.pack(
            folder, "node", threads,
            [
                .bytes(path: "usr/local/bin/tool", mode: 0o755, content: tool),
                .bytes(path: "usr/local/share/note", mode: 0o644, content: Array("note\n".utf8)),
            ], goesOn: isOneStream)
        let second: (Pack, FilePath)
        if let layers {
            second = try Self.images(folder, threads, layers, after: isOneStream ? first.2 : nil)
        } else {
            let pack = try Self.pack(
                folder, "images", threads, [.bytes(path: "index.json", mode: 0o644, content: Array("{}".utf8))])
            second = (pack.0, pack.1)
        }
        packs = [first.0, second.0]
        let index = Array(try CanonicalJSON.encode(Self.index(head: head, packs: packs)))
        let signature = BundleSignature(
            keyID: self.key.verifyingKey.keyID, signature: try self.key.sign(index), publicKey: self.key.verifyingKey)
        try BundleWriter.write(
            to: file, head: head, index: index, signatures: [signature],
            packs: [(packs[0], first.1), (packs[1], second.1)], modificationTime: 1_700_000_000)
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder.string) }

    var bytes: [UInt8] {
        get throws { try Self.read(file) }
    }

    static func read(_ path: FilePath) throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path.string) else { throw Errno.noSuchFileOrDirectory }
        return Array(data)
    }

    static func write(_ bytes: [UInt8], to path: FilePath) throws {
        try Data(bytes).write(to: URL(filePath: path.string))
    }

    private static func pack(
        _ folder: FilePath, _ name: String, _ threads: Int, _ members: [PackSource], goesOn: Bool = false
    )
        throws -> (Pack, FilePath, TarPackWriter)
    {
        let path = folder.appending("\(name).pack")
        let output = try FileDescriptor.open(
            path, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
        return try output.closeAfter {
            let writer = try TarPackWriter(
                output: output, compression: Compression(level: 3), threads: threads,
                modificationTime: 1_700_000_000, chunkSize: 512)
            for member in members { try writer.add(member) }
            let summary = try writer.finish(goesOn: goesOn)
            return (summary.pack(name: name, content: .files, selector: Pack.Selector()), path, writer)
        }
    }

    private static func images(
        _ folder: FilePath, _ threads: Int, _ layers: [[UInt8]], after before: TarPackWriter?
    ) throws -> (Pack, FilePath) {
        let path = folder.appending("images.pack")
        let output = try FileDescriptor.open(
            path, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
        let document = Array("{}".utf8)
        let summary = try output.closeAfter {
            let writer = try TarPackWriter(
                output: output, compression: Compression(level: 3), threads: threads,
                modificationTime: 1_700_000_000, order: .given, chunkSize: 512, after: before)
            try writer.beginPart("documents", roles: [])
            try writer.add(
                .bytes(path: ImageMember.blob(SHA256Hasher.hash(document)).path, mode: 0o644, content: document))
            for (number, layer) in layers.enumerated() {
                if number == 0 { try writer.beginPart("layers", roles: []) }
                if number == 1 { try writer.beginPart("layers-control-plane", roles: [.master]) }
                try writer.add(
                    .bytes(path: ImageMember.layer(SHA256Hasher.hash(layer)).path, mode: 0o644, content: layer))
            }
            return try writer.finish()
        }
        let pack = summary.pack(
            name: "images", content: .images, selector: Pack.Selector(), continues: before == nil ? nil : "node")
        return (pack, path)
    }

    private static func index(head: FilePath, packs: [Pack]) throws -> BundleIndex {
        let pause = try ImageReference("k8s.gcr.io/pause:3.2")
        let release = Release(
            kubernetes: SemanticVersion(1, 20, 2), containerd: SemanticVersion(1, 6, 20),
            runc: SemanticVersion(1, 1, 5),
            cniPlugins: SemanticVersion(1, 1, 1), crictl: SemanticVersion(1, 20, 0), kubeadmAPI: .v1beta2,
            imageRepository: "k8s.gcr.io", controlPlaneImages: [pause], sandboxImage: pause, cni: CNI(kind: .bridge))
        let content = try read(head)
        let digest = SHA256Hasher.hash(content)
        return BundleIndex(
            productLine: "kubernetes", sequence: 1_700_000_000, createdAt: "2023-11-14T22:13:20Z", releaseID: digest,
            architecture: .amd64, release: release, head: Head(size: UInt64(content.count), sha256: digest),
            lock: Lock(
                tools: Lock.Tools(
                    bundler: SemanticVersion(0, 1, 0), nodeInstall: digest, libzstd: "1.5.4", libarchive: "3.6.2"),
                compression: Compression(level: 3), artifacts: [], images: []),
            packs: packs)
    }
}

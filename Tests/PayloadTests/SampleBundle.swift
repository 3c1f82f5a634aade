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
        let node: [PackSource] = [
            .bytes(path: "usr/local/bin/tool", mode: 0o755, content: tool),
            .bytes(path: "usr/local/share/note", mode: 0o644, content: Array("note\n".utf8)),
        ]
        let files = [folder.appending("node.pack"), folder.appending("images.pack")]
        if let layers {
            packs = try Self.packs(files, threads, node, layers, isOneStream: isOneStream)
        } else {
            let index = PackSource.bytes(path: "index.json", mode: 0o644, content: Array("{}".utf8))
            packs = [
                try Self.pack(files[0], "node", threads, node), try Self.pack(files[1], "images", threads, [index]),
            ]
        }
        let index = Array(try CanonicalJSON.encode(Self.index(head: head, packs: packs)))
        let signature = BundleSignature(
            keyID: self.key.verifyingKey.keyID, signature: try self.key.sign(index), publicKey: self.key.verifyingKey)
        try BundleWriter.write(
            to: file, head: head, index: index, signatures: [signature],
            packs: [(packs[0], files[0]), (packs[1], files[1])], modificationTime: 1_700_000_000)
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

    private static func create(_ path: FilePath) throws -> FileDescriptor {
        try FileDescriptor.open(path, .readWrite, options: [.create, .truncate], permissions: .ownerReadWrite)
    }

    private static func tarWriter(
        _ output: FileDescriptor, _ threads: Int, _ order: TarPackWriter.Order = .sorted
    ) throws -> TarPackWriter {
        try TarPackWriter(
            output: output, compression: Compression(level: 3), threads: threads, modificationTime: 1_700_000_000,
            order: order, chunkSize: 512)
    }

    private static func pack(
        _ path: FilePath, _ name: String, _ threads: Int, _ members: [PackSource]
    ) throws -> Pack {
        let output = try create(path)
        return try output.closeAfter {
            let writer = try tarWriter(output, threads)
            for member in members { try writer.add(member) }
            return try writer.finish().pack(name: name, content: .files, selector: Pack.Selector())
        }
    }

    /// A pack of files, and one of images in parts.
    private static func packs(
        _ files: [FilePath], _ threads: Int, _ members: [PackSource], _ layers: [[UInt8]], isOneStream: Bool
    ) throws -> [Pack] {
        let outputs = try files.map(create)
        defer { for output in outputs { try? output.close() } }
        let first = try tarWriter(outputs[0], threads)
        for member in members { try first.add(member) }
        var summaries = try isOneStream ? [] : [first.finish()]
        let second =
            try isOneStream
            ? TarPackWriter(output: outputs[1], after: first, order: .given)
            : tarWriter(outputs[1], threads, .given)
        let document = Array("{}".utf8)
        try second.beginPart("documents", roles: [])
        try second.add(
            .bytes(path: ImageMember.blob(SHA256Hasher.hash(document)).path, mode: 0o644, content: document))
        for (number, layer) in layers.enumerated() {
            if number == 0 { try second.beginPart("layers", roles: []) }
            if number == 1 { try second.beginPart("layers-control-plane", roles: [.master]) }
            try second.add(
                .bytes(path: ImageMember.layer(SHA256Hasher.hash(layer)).path, mode: 0o644, content: layer))
        }
        summaries += try second.finishStream()
        return [
            summaries[0].pack(name: "node", content: .files, selector: Pack.Selector()),
            summaries[1].pack(
                name: "images", content: .images, selector: Pack.Selector(), continues: isOneStream ? "node" : nil),
        ]
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

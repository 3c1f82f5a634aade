import Archive
import BundleModel
import Signing

@testable import Containerd

/// A tar of a few files.
struct TestLayer {
    let tar: [UInt8]
    var digest: SHA256Digest { SHA256Hasher.hash(tar) }

    init(_ files: [String: String]) {
        var tar: [UInt8] = []
        for (name, content) in files.sorted(by: { $0.key < $1.key }) {
            let bytes = Array(content.utf8)
            tar += Self.header(name, size: bytes.count) + bytes
            tar += [UInt8](repeating: 0, count: (512 - bytes.count % 512) % 512)
        }
        self.tar = tar + [UInt8](repeating: 0, count: 1024)
    }

    private static func header(_ name: String, size: Int) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int) {
            block.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
        }
        func octal(_ value: Int, _ width: Int) -> String {
            let digits = String(value, radix: 8)
            return String(repeating: "0", count: width - digits.count) + digits
        }
        put(name, at: 0)
        put("0000644", at: 100)
        put("0000000", at: 108)
        put("0000000", at: 116)
        put(octal(size, 11), at: 124)
        put(octal(1_000_000_000, 11), at: 136)
        put("        ", at: 148)
        put("0", at: 156)
        put("ustar", at: 257)
        put("00", at: 263)
        put(octal(block.reduce(0) { $0 + Int($1) }, 6) + "\0 ", at: 148)
        return block
    }
}

/// An image of such layers, behind an index that lists another platform's manifest too.
struct TestImage {
    let image: ImageToLoad
    /// By digest.
    let documents: [SHA256Digest: [UInt8]]
    let layers: [TestLayer]
    /// As published, where the image keeps them.
    let blobs: [[UInt8]]

    /// - Parameters:
    ///   - diffIDs: as the config names them; those of the layers where nil.
    ///   - blobs: the layers as published, with gzip; the image keeps them then.
    init(_ name: String, _ layers: [TestLayer], diffIDs: [SHA256Digest]? = nil, blobs: [[UInt8]]? = nil) throws {
        let ids = (diffIDs ?? layers.map(\.digest)).map { "\"\($0)\"" }.joined(separator: ",")
        let config = Array(
            """
            {"architecture":"amd64","os":"linux","author":"\(name)","config":{"Cmd":["/bin/true"]},\
            "rootfs":{"type":"layers","diff_ids":[\(ids)]}}
            """.utf8)
        let isGzip = blobs != nil
        let published = blobs ?? layers.map(\.tar)
        let list = published.map {
            Self.descriptor(.layer(isGzip ? .gzip : .none), $0)
        }
        let manifest = Array(
            """
            {"schemaVersion":2,"mediaType":"\(OCIMediaType.manifest.rawValue)",\
            "config":\(Self.descriptor(.config, config)),\
            "layers":[\(list.joined(separator: ","))]}
            """.utf8)
        let other = Self.descriptor(
            .manifest, Array("other".utf8), #","platform":{"architecture":"arm64","os":"linux"}"#)
        let own = Self.descriptor(.manifest, manifest, #","platform":{"architecture":"amd64","os":"linux"}"#)
        let index = Array(
            #"{"schemaVersion":2,"mediaType":"\#(OCIMediaType.index.rawValue)","manifests":[\#(other),\#(own)]}"#.utf8)
        documents = Dictionary(uniqueKeysWithValues: [config, manifest, index].map { (SHA256Hasher.hash($0), $0) })
        let digest = SHA256Hasher.hash(index)
        let reference = try ImageReference(name)
        image = ImageToLoad(
            reference: reference, digest: digest, manifest: SHA256Hasher.hash(manifest), keepsBlobs: isGzip,
            names: [name, "\(reference.name)@\(digest)"])
        self.layers = layers
        self.blobs = isGzip ? published : []
    }

    static func descriptor(_ type: OCIMediaType, _ bytes: [UInt8], _ more: String = "") -> String {
        #"{"mediaType":"\#(type.rawValue)","digest":"\#(SHA256Hasher.hash(bytes))","size":\#(bytes.count)\#(more)}"#
    }

    /// The snapshots that it makes, bottom to top.
    var chains: [SHA256Digest] {
        ChainID.chains(layers.map(\.digest))
    }
}

public import BundleModel
import Host
import Payload
import Signing
import SystemPackage

/// A real layer of one file, as plain tar and as it is published.
public struct SampleLayer: Sendable {
    public let tar: [UInt8]
    public let form: OCIMediaType.LayerCompression
    /// Nil: by the form.
    public var mediaType: OCIMediaType?
    public var urls: [String]?
    /// What the tar goes through to be published; nil: by the form.
    public var pipe: String?

    public init(_ name: String, _ content: String, _ form: OCIMediaType.LayerCompression) {
        self.init(name, Array(content.utf8), form)
    }

    public init(_ name: String, _ content: [UInt8], _ form: OCIMediaType.LayerCompression) {
        let size = UInt64(content.count)
        let padding = [UInt8](repeating: 0, count: Int(TarHeader.padded(size) - size) + 1024)
        tar = TarHeader(name: name, size: size, modificationTime: 0).encode() + content + padding
        self.form = form
    }

    /// A layer that begins with a member of another type, such as `S` for a sparse file.
    public init(type: Unicode.Scalar, _ form: OCIMediaType.LayerCompression) {
        var block = TarHeader(name: "odd", size: 0, modificationTime: 0).encode()
        // Where the header has its type, and the sum of its bytes with blanks for the sum itself.
        block[156] = UInt8(ascii: type)
        block.replaceSubrange(148..<156, with: Array("        ".utf8))
        let digits = String(block.reduce(0) { $0 + Int($1) }, radix: 8)
        let sum = Array("\(String(repeating: "0", count: 6 - digits.count))\(digits)\0 ".utf8)
        block.replaceSubrange(148..<156, with: sum)
        tar = block + SampleLayer("one", "1", .none).tar
        self.form = form
    }

    /// A layer whose tar ends where it must not.
    public static func cut(_ form: OCIMediaType.LayerCompression) -> SampleLayer {
        let whole = SampleLayer("one", "1", form)
        return SampleLayer(tar: Array(whole.tar.prefix(300)), form: form)
    }

    private init(tar: [UInt8], form: OCIMediaType.LayerCompression) {
        self.tar = tar
        self.form = form
    }

    public var diffID: SHA256Digest { SHA256Hasher.hash(tar) }

    /// The published bytes, by the stock compressors.
    func published(in folder: FilePath) async throws -> [UInt8] {
        let program =
            switch (pipe, form) {
            case (let pipe?, _): pipe
            case (nil, .none): "cat"
            case (nil, .gzip): "gzip -n"
            case (nil, .zstd): "zstd -q"
            }
        let (plain, packed) = (folder.appending("plain"), folder.appending("packed"))
        try AtomicFile.write(tar, to: plain)
        try await SystemProcessRunner().require(
            Command("sh", ["-c", "{ \(program); } <\"$1\" >\"$2\"", "sh", plain.string, packed.string]))
        let bytes = try FileSystem.read(packed, limit: 1 << 30)
        try FileSystem.remove(plain)
        try FileSystem.remove(packed)
        return bytes
    }

    /// Bytes that no compressor makes fewer.
    public static func noise(_ count: Int, seed: UInt64 = 42) -> [UInt8] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
    }
}

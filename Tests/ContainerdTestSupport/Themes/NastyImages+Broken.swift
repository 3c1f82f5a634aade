extension NastyImages {
    /// Layers that are no proper tar, or not what the config says.
    static var broken: [ImagePlan] {
        [
            bytes("truncated-content", "unexpected EOF") { $0.add(.file("x", "x", { $0.statedSize = 5_000 })) },
            bytes("truncated-header", "unexpected EOF") {
                $0.write(Array(TarHeaderBlock(.file("x")).bytes.prefix(300)))
            },
            bytes("bad-checksum", "invalid tar header") {
                var block = TarHeaderBlock(.file("x"))
                block.put(Array("077777\u{0} ".utf8), at: 148)
                $0.write(block.bytes)
            },
            bytes("bad-number", "invalid tar header") {
                var block = TarHeaderBlock(.file("x"))
                block.put(Array("12x45678901\u{0}".utf8), at: 124)
                block.seal()
                $0.write(block.bytes)
            },
            bytes("negative-size", "invalid tar header") {
                var block = TarHeaderBlock(.file("x"))
                block.base256(-1, at: 124, count: 12)
                block.seal()
                $0.write(block.bytes)
            },
            bytes("bad-pax-length", "invalid tar header") { rawPax(Array("99 path=x\n".utf8), &$0) },
            bytes("bad-pax-number", "invalid tar header") { rawPax(PaxRecords.encode([("size", "many")]), &$0) },
            bytes("zero-in-pax-path", "invalid tar header") {
                rawPax(PaxRecords.encode([("path", ByteString([0x61, 0, 0x62]))]), &$0)
            },
            bytes("random", "invalid tar header") {
                $0.write((0..<2048).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) })
            },
            otherDiffID,
        ]
    }

    private static func bytes(_ name: String, _ words: String, _ write: (inout LayerTar) -> Void) -> ImagePlan {
        var tar = LayerTar()
        tar.add(.file("first", "x"))
        write(&tar)
        return ImagePlan(
            name, layers: [.init([.file("below", "kept")]), .init(bytes: tar.bytes)], outcome: .refused(words))
    }

    private static func rawPax(_ content: [UInt8], _ tar: inout LayerTar) {
        tar.write(TarHeaderBlock(TarEntry("PaxHeaders.0/x", type: "x") { $0.content = content }).bytes)
        tar.pad(content)
        tar.add(.file("x", "x"))
        tar.end()
    }

    /// A config that promises another layer than the blob holds.
    private static let otherDiffID = ImagePlan(
        "other-diff-id", layers: [.init([.file("x", "x")])], outcome: .refused("wrong diff id")
    ).with { $0.statedDiffIDs = ["\(ByteString("another layer").digest)"] }
}

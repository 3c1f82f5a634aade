/// Files with holes, in the two forms that GNU tar writes.
public struct SparseEntry: Sendable {
    public let name: ByteString
    /// Bytes of the whole file.
    public let size: UInt64
    /// What is not a hole, by its offset.
    public let pieces: [(offset: UInt64, content: [UInt8])]

    public init(_ name: ByteString, size: UInt64, pieces: [(offset: UInt64, content: [UInt8])]) {
        self.name = name
        self.size = size
        self.pieces = pieces
    }

    /// The old GNU form: type `S`, at most four pieces, in the header itself.
    public func old() -> [UInt8] {
        let data = pieces.flatMap(\.content)
        let entry = TarEntry(name, type: "S") {
            $0.format = .gnu
            $0.content = data
        }
        var block = TarHeaderBlock(entry)
        for (index, piece) in pieces.enumerated() {
            block.number(Int64(piece.offset), at: 386 + index * 24, count: 12)
            block.number(Int64(piece.content.count), at: 398 + index * 24, count: 12)
        }
        block.number(Int64(size), at: 483, count: 12)
        block.seal()
        var tar = LayerTar()
        tar.write(block.bytes)
        tar.pad(data)
        return tar.bytes
    }

    /// The pax form 1.0: the map stands before the data.
    public func pax() -> [UInt8] {
        let map = ["\(pieces.count)"] + pieces.flatMap { ["\($0.offset)", "\($0.content.count)"] }
        var content = Array(map.map { "\($0)\n" }.joined().utf8)
        content += [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
        content += pieces.flatMap(\.content)
        let entry = TarEntry.file("GNUSparseFile.0/file") {
            $0.content = content
            $0.records = [
                ("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.name", name),
                ("GNU.sparse.realsize", ByteString("\(size)")),
            ]
        }
        var tar = LayerTar()
        tar.add(entry)
        return tar.bytes
    }
}

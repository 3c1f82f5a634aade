/// Writes tar streams byte by byte, so that a test can say anything a tar can say. It checks nothing.
public struct LayerTar: Sendable {
    /// What was written so far.
    public private(set) var bytes: [UInt8] = []

    public init() {}

    /// A whole layer: the entries, then the two zero blocks.
    public static func layer(_ entries: [TarEntry]) -> [UInt8] {
        var tar = LayerTar()
        for entry in entries { tar.add(entry) }
        tar.end()
        return tar.bytes
    }

    public mutating func add(_ entry: TarEntry) {
        var entry = entry
        switch entry.format {
        case .gnu:
            if entry.name.bytes.count > 100 { longName(entry.name, type: "L") }
            if entry.link.bytes.count > 100 { longName(entry.link, type: "K") }
        case .pax: entry.records += PaxRecords.describing(entry, everything: true)
        case .automatic: entry.records += PaxRecords.describing(entry, everything: false)
        case .ustar: break
        }
        if !entry.records.isEmpty { pax(entry.records, type: "x", name: "PaxHeaders.0/entry") }
        write(TarHeaderBlock(entry).bytes)
        pad(entry.content)
    }

    /// A pax header of its own: `x` for the next entry, `g` for all that follow.
    public mutating func pax(_ records: [(key: ByteString, value: ByteString)], type: Character, name: ByteString) {
        let content = PaxRecords.encode(records)
        write(TarHeaderBlock(TarEntry(name, type: type) { $0.content = content }).bytes)
        pad(content)
    }

    /// A GNU entry that names the next one (`L`), or its link's target (`K`).
    public mutating func longName(_ name: ByteString, type: Character) {
        let content = name.bytes + [0]
        let entry = TarEntry("././@LongLink", type: type) {
            $0.content = content
            $0.format = .gnu
            $0.modified = (0, 0)
        }
        write(TarHeaderBlock(entry).bytes)
        pad(content)
    }

    /// The end that tar(5) asks for.
    public mutating func end() {
        bytes += [UInt8](repeating: 0, count: 1024)
    }

    /// Any bytes at all.
    public mutating func write(_ raw: [UInt8]) {
        bytes += raw
    }

    /// Content, filled up to whole blocks.
    public mutating func pad(_ content: [UInt8]) {
        bytes += content
        bytes += [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
    }
}

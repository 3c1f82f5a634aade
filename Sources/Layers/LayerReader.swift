import BundleModel

/// Reads the members of a layer's tar: ustar, pax, GNU, star and the oldest form, as Go's archive/tar does.
final class LayerReader {
    /// Bytes of the longest extended header.
    private static let headerLimit: Int64 = 1 << 20

    private let feed: BlockFeed
    /// Bytes of the current member's content that nobody has taken, and those that fill its last block.
    private var remaining: Int64 = 0
    private var padding = 0
    private var isAtEnd = false
    /// Members read.
    private(set) var entries = 0

    init(_ feed: BlockFeed) {
        self.feed = feed
    }

    /// The next member; nil at the end mark, or where the tar ends between two members.
    func next() throws -> LayerEntry? {
        var records: PaxRecords?
        var longName: [UInt8] = []
        var longLink: [UInt8] = []
        while !isAtEnd {
            try content { _ in }
            guard let header = try header() else {
                isAtEnd = true
                break
            }
            switch header.type {
            case UInt8(ascii: "x"): records = try PaxRecords(extended(header))
            case UInt8(ascii: "L"): longName = try Array(extended(header).prefix { $0 != 0 })
            case UInt8(ascii: "K"): longLink = try Array(extended(header).prefix { $0 != 0 })
            case UInt8(ascii: "g"): throw LayerError.unsupported("a global extended header")
            case UInt8(ascii: "S"): throw LayerError.unsupported("a sparse file", at: header.name)
            default:
                let entry = try LayerEntry(header, records, longName: longName, longLink: longLink)
                try follow(entry.size)
                entries += 1
                return entry
            }
        }
        return nil
    }

    /// Hands over what the current member has left, in order and in pieces.
    func content(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        while remaining > 0 {
            let piece = try feed.take(Int(min(remaining, 1 << 30)))
            guard !piece.isEmpty else {
                throw LayerError.refused("the tar ends within a member, at byte \(feed.offset)")
            }
            remaining -= Int64(piece.count)
            try body(piece)
        }
    }

    private func follow(_ size: Int64) throws {
        guard size >= 0 else { throw LayerError.refused("a negative size before byte \(feed.offset)") }
        remaining = size
        padding = Int(-size & Int64(TarHeader.size - 1))
    }

    private func extended(_ header: TarHeader) throws -> [UInt8] {
        try follow(header.contentSize)
        guard remaining <= Self.headerLimit else {
            throw LayerError.refused("an extended header of \(remaining) bytes before byte \(feed.offset)")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(remaining))
        try content { bytes.append(contentsOf: $0) }
        return bytes
    }

    private func header() throws -> TarHeader? {
        // An end within the padding is an end like any other.
        let filling = padding
        padding = 0
        guard try feed.take(filling).count == filling || filling == 0 else { return nil }
        guard let block = try block() else { return nil }
        guard block.contains(where: { $0 != 0 }) else {
            guard let second = try self.block() else { return nil }
            guard !second.contains(where: { $0 != 0 }) else {
                throw LayerError.refused("one empty block alone before byte \(feed.offset)")
            }
            return nil
        }
        return try TarHeader(block)
    }

    /// Nil where nothing comes any more.
    private func block() throws -> UnsafeRawBufferPointer? {
        let block = try feed.take(TarHeader.size)
        if block.isEmpty { return nil }
        guard block.count == TarHeader.size else {
            throw LayerError.refused("the tar ends within a header, at byte \(feed.offset)")
        }
        return block
    }
}

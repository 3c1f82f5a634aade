/// One header block of a tar, taken apart as Go's archive/tar takes it apart.
struct TarHeader {
    static let size = 512

    let type: UInt8
    let name: [UInt8]
    let link: [UInt8]
    let mode: Int64
    let uid: Int64
    let gid: Int64
    let contentSize: Int64
    let modified: Int64
    /// Nil where the header has none.
    let accessed: Int64?
    let major: Int64
    let minor: Int64

    private enum Format { case v7, ustar, star, gnu }

    /// - Parameter block: 512 bytes, not all zero.
    init(_ block: UnsafeRawBufferPointer) throws(LayerError) {
        guard let expected = TarNumber.octal(Self.part(block, 148, 8)), Self.sums(block, are: expected) else {
            throw .refused("a header's checksum is wrong")
        }
        let format = Self.format(block)
        type = block[156]
        link = Self.text(block, 157, 100)
        mode = try Self.number(block, 100, 8)
        uid = try Self.number(block, 108, 8)
        gid = try Self.number(block, 116, 8)
        contentSize = try Self.number(block, 124, 12)
        modified = try Self.number(block, 136, 12)
        var prefix: [UInt8] = []
        switch format {
        case .v7, .gnu: break
        case .ustar: prefix = Self.text(block, 345, 155)
        case .star: prefix = Self.text(block, 345, 131)
        }
        accessed =
            switch format {
            case .star: try Self.starTime(block)
            case .gnu: try Self.gnuTime(block)
            case .v7, .ustar: nil
            }
        name = prefix.isEmpty ? Self.text(block, 0, 100) : prefix + [UInt8(ascii: "/")] + Self.text(block, 0, 100)
        guard format != .v7 else {
            (major, minor) = (0, 0)
            return
        }
        let numbers = (TarNumber.field(Self.part(block, 329, 8)), TarNumber.field(Self.part(block, 337, 8)))
        guard let major = numbers.0, let minor = numbers.1 else {
            // Not all versions look at these fields of what is no device.
            throw type == UInt8(ascii: "3") || type == UInt8(ascii: "4")
                ? .refused("a header's device number is malformed")
                : .unsupported("a header has device fields that are no numbers")
        }
        (self.major, self.minor) = (major, minor)
    }

    private static func format(_ block: UnsafeRawBufferPointer) -> Format {
        if part(block, 257, 6).elementsEqual("ustar\0".utf8) {
            return part(block, 508, 4).elementsEqual("tar\0".utf8) ? .star : .ustar
        }
        return part(block, 257, 8).elementsEqual("ustar  \0".utf8) ? .gnu : .v7
    }

    private static func starTime(_ block: UnsafeRawBufferPointer) throws(LayerError) -> Int64 {
        _ = try number(block, 488, 12)
        return try number(block, 476, 12)
    }

    /// Nil where the header has none.
    private static func gnuTime(_ block: UnsafeRawBufferPointer) throws(LayerError) -> Int64? {
        let accessed = TarNumber.field(part(block, 345, 12))
        let changed = TarNumber.field(part(block, 357, 12))
        guard block[345] == 0 || accessed != nil, block[357] == 0 || changed != nil else {
            throw .unsupported("a GNU header has a prefix where its times should be")
        }
        return block[345] == 0 ? nil : accessed
    }

    private static func sums(_ block: UnsafeRawBufferPointer, are expected: Int64) -> Bool {
        var unsigned: Int64 = 0
        var signed: Int64 = 0
        for byte in block {
            unsigned += Int64(byte)
            signed += Int64(Int8(bitPattern: byte))
        }
        // Its own field counts as blanks.
        for byte in part(block, 148, 8) {
            unsigned += 0x20 - Int64(byte)
            signed += 0x20 - Int64(Int8(bitPattern: byte))
        }
        return expected == unsigned || expected == signed
    }

    private static func number(
        _ block: UnsafeRawBufferPointer, _ offset: Int, _ count: Int
    ) throws(LayerError) -> Int64 {
        guard let value = TarNumber.field(part(block, offset, count)) else {
            throw .refused("a header's number at offset \(offset) is malformed")
        }
        return value
    }

    /// Up to the first zero byte.
    private static func text(_ block: UnsafeRawBufferPointer, _ offset: Int, _ count: Int) -> [UInt8] {
        Array(part(block, offset, count).prefix { $0 != 0 })
    }

    private static func part(
        _ block: UnsafeRawBufferPointer, _ offset: Int, _ count: Int
    ) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: block[offset..<offset + count])
    }
}

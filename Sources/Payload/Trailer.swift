import BundleModel

/// The last 64 bytes of a bundle: where it starts, how long it is, and the digest of its index.
struct Trailer: Hashable, Sendable {
    static let byteCount: UInt64 = 64
    static let version: UInt32 = 1
    static let magic = Array("KFBUNDLE".utf8)

    /// Where the outer tar starts in the file.
    let offset: UInt64
    /// Bytes of the outer tar.
    let length: UInt64
    /// SHA-256 of bundle.json.
    let index: SHA256Digest

    /// Bytes of the whole file; nil where that is no number.
    var fileSize: UInt64? {
        let (end, overflow) = offset.addingReportingOverflow(length)
        return overflow || end > UInt64.max - Self.byteCount ? nil : end + Self.byteCount
    }

    var isAligned: Bool { offset % BundleFile.alignment == 0 && length % TarHeader.blockSize == 0 }

    func encode() -> [UInt8] {
        Self.magic + LittleEndian.bytes(UInt64(Self.version), 4) + LittleEndian.bytes(0, 4)
            + LittleEndian.bytes(offset, 8) + LittleEndian.bytes(length, 8) + index.bytes
    }

    enum Reading: Hashable {
        case trailer(Trailer)
        /// A trailer of a format that this program does not know.
        case newer(UInt32)
        /// Not a trailer.
        case none
    }

    static func decode(_ bytes: [UInt8]) -> Reading {
        guard bytes.count == Int(byteCount), Array(bytes[..<8]) == magic else { return .none }
        let version = UInt32(LittleEndian.value(bytes[8..<12]))
        guard version == Self.version else { return .newer(version) }
        guard LittleEndian.value(bytes[12..<16]) == 0, let index = SHA256Digest(bytes: bytes[32...]) else {
            return .none
        }
        return .trailer(
            Trailer(
                offset: LittleEndian.value(bytes[16..<24]), length: LittleEndian.value(bytes[24..<32]), index: index))
    }
}

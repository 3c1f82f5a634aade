import BundleModel
import Signing

/// The last 128 bytes of a volume: which part of which bundle stands before them.
struct VolumeFooter: Hashable, Sendable {
    static let byteCount: UInt64 = 128
    static let version: UInt32 = 1
    static let magic = Array("KFVOLUME".utf8)
    /// So many have names of three digits.
    static let countLimit = 999

    /// From 1.
    let number: Int
    let count: Int
    /// Bytes of the bundle in every volume but the last, which has what remains.
    let contentSize: UInt64
    /// Bytes of the whole bundle.
    let bundleSize: UInt64
    /// SHA-256 of the whole bundle: the same in all volumes of a set, and in no other set.
    let bundle: SHA256Digest

    /// Where the volume's content stands in the bundle. Of a footer that is consistent.
    var range: Range<UInt64> {
        let start = UInt64(number - 1) * contentSize
        return start..<min(start + contentSize, bundleSize)
    }

    /// Bytes of the volume's file.
    var fileSize: UInt64 { UInt64(range.count) + Self.byteCount }

    /// The same set's footer of another volume.
    func numbered(_ number: Int) -> VolumeFooter {
        VolumeFooter(number: number, count: count, contentSize: contentSize, bundleSize: bundleSize, bundle: bundle)
    }

    func encode() -> [UInt8] {
        var fields = Self.magic
        fields += LittleEndian.bytes(UInt64(Self.version), 4)
        fields += LittleEndian.bytes(UInt64(number), 4)
        fields += LittleEndian.bytes(UInt64(count), 4)
        fields += LittleEndian.bytes(0, 4)
        fields += LittleEndian.bytes(contentSize, 8)
        fields += LittleEndian.bytes(bundleSize, 8)
        fields += LittleEndian.bytes(0, 24)
        fields += bundle.bytes
        return fields + SHA256Hasher.hash(fields).bytes
    }

    enum Reading: Hashable {
        case footer(VolumeFooter)
        /// A footer of a format that this program does not know.
        case newer(UInt32)
        /// Not a footer, or not as it was written.
        case none
    }

    static func decode(_ bytes: [UInt8]) -> Reading {
        guard bytes.count == Int(byteCount), Array(bytes[..<8]) == magic,
            SHA256Hasher.hash(bytes[..<96]).bytes == Array(bytes[96...])
        else { return .none }
        let version = UInt32(LittleEndian.value(bytes[8..<12]))
        guard version == Self.version else { return .newer(version) }
        guard let bundle = SHA256Digest(bytes: bytes[64..<96]) else { return .none }
        let footer = VolumeFooter(
            number: Int(LittleEndian.value(bytes[12..<16])), count: Int(LittleEndian.value(bytes[16..<20])),
            contentSize: LittleEndian.value(bytes[24..<32]), bundleSize: LittleEndian.value(bytes[32..<40]),
            bundle: bundle)
        guard footer.isConsistent, footer.encode() == bytes else { return .none }
        return .footer(footer)
    }

    /// No product or sum with its numbers overflows, and no volume is empty.
    private var isConsistent: Bool {
        guard (1...Self.countLimit).contains(count), (1...count).contains(number), contentSize > 0,
            contentSize <= 1 << 60, bundleSize <= 1 << 60
        else { return false }
        return Self.count(of: bundleSize, contentSize: contentSize) == UInt64(count)
    }

    /// How many volumes a bundle takes.
    static func count(of bundleSize: UInt64, contentSize: UInt64) -> UInt64 {
        bundleSize / contentSize + (bundleSize.isMultiple(of: contentSize) ? 0 : 1)
    }
}

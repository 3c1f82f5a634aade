import BundleModel
import FoundationEssentials
import Signing

/// A journal line: `{"checksum":"<64 hex>","entry":<JSON>}`.
///
/// The checksum covers the previous line's checksum and the entry's exact bytes, so that a later version, which may
/// write an entry differently, still reads older lines, and a line that was changed or lost is found.
enum JournalLine {
    private static let head = Array("{\"checksum\":\"".utf8)
    private static let middle = Array("\",\"entry\":".utf8)

    static let firstChecksum = [UInt8](repeating: 0, count: SHA256Digest.byteCount)

    static func encode(_ entry: JournalEntry, after previous: [UInt8]) throws -> (line: [UInt8], checksum: [UInt8]) {
        let body = Array(try CanonicalJSON.encodeLine(entry))
        let checksum = SHA256Hasher.hash(previous + body)
        let line = head + Array(checksum.hex.utf8) + middle + body + [UInt8(ascii: "}"), UInt8(ascii: "\n")]
        return (line, checksum.bytes)
    }

    /// - Parameter line: without its newline.
    /// - Returns: nil for anything but a whole, unchanged line.
    static func decode(_ line: ArraySlice<UInt8>, after previous: [UInt8]) -> (entry: JournalEntry, checksum: [UInt8])?
    {
        guard line.starts(with: head), line.last == UInt8(ascii: "}") else { return nil }
        var rest = line.dropFirst(head.count)
        let hex = String(decoding: rest.prefix(64), as: UTF8.self)
        rest = rest.dropFirst(64)
        guard rest.starts(with: middle), let claimed = try? SHA256Digest(hex: hex) else { return nil }
        let body = Array(rest.dropFirst(middle.count).dropLast())
        guard SHA256Hasher.hash(previous + body) == claimed,
            let entry = try? CanonicalJSON.decode(JournalEntry.self, from: Data(body))
        else { return nil }
        return (entry, claimed.bytes)
    }
}

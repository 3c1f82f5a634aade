import BundleModel
import Host

/// Reads a journal's bytes.
enum JournalReader {
    struct Content {
        var entries: [JournalEntry] = []
        var checksum: [UInt8] = JournalLine.firstChecksum
        /// Bytes up to and with the last whole line.
        var validBytes = 0
    }

    /// - Throws: `InstallError.journalDamaged` for a bad line that is not the last, `.journalNewer`.
    static func read(_ bytes: [UInt8]) throws(InstallError) -> Content {
        var content = Content()
        var start = 0
        var number = 0
        while start < bytes.count {
            number += 1
            guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) else { break }
            guard let (entry, checksum) = JournalLine.decode(bytes[start..<end], after: content.checksum) else {
                // A power cut may leave the last line's blocks unwritten; a bad line before another is damage.
                if end == bytes.count - 1 { break }
                throw .journalDamaged(path: NodePaths.journal, line: number, reason: "the checksum does not match")
            }
            if case .opened(let version) = entry.record, version > Journal.schemaVersion {
                throw .journalNewer(found: version, known: Journal.schemaVersion)
            }
            guard entry.sequence == number else {
                throw .journalDamaged(
                    path: NodePaths.journal, line: number,
                    reason: "sequence \(entry.sequence), expected \(number)")
            }
            content.entries.append(entry)
            content.checksum = checksum
            start = end + 1
            content.validBytes = start
        }
        return content
    }

    /// The entries of a node's journal for looking at, without the lock.
    static func entries(_ root: HostRoot) throws -> [JournalEntry] {
        guard let bytes = try FileSystem.readIfPresent(root.resolve(NodePaths.journal)) else { return [] }
        return try read(bytes).entries
    }
}

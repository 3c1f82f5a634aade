public import BundleModel
import CArchive

extension TarPackWriter {
    /// Begins a part and ends the one before it. Called before the first member, if at all.
    ///
    /// - Throws: `ArchiveError.library`, and what the output throws.
    public func beginPart(_ name: String, roles: [NodeRole]) throws {
        if !parts.isEmpty {
            try check(archive_write_finish_entry(archive), "archive_write_finish_entry")
            try stream.cut()
            endPart()
        }
        parts.append(Pack.Part(name: name, roles: roles, members: 0, uncompressedEnd: 0, end: 0))
    }

    func endPart() {
        guard !parts.isEmpty else { return }
        let before = parts.dropLast().reduce(0) { $0 + $1.members }
        parts[parts.count - 1].members = members.count - before
        parts[parts.count - 1].uncompressedEnd = sink.taken
    }
}

import BundleModel
import CArchive
public import SystemPackage

/// A Debian package's file: an ar archive of a version, the control files and the content.
public struct DebArchive: Sendable {
    private let path: FilePath

    public init(_ path: FilePath) { self.path = path }

    /// The package's control file. The content is not read.
    ///
    /// - Parameter limit: bytes of the largest that is accepted.
    /// - Throws: `ArchiveError.corrupt` for what is no package of format 2, `.missingMembers`.
    public func control(limit: Int = 1 << 20) throws -> [UInt8] {
        let name = path.lastComponent?.string ?? path.string
        let members = try Members(path, name: name)
        guard try members.next() == "debian-binary", try members.content(limit: 64).starts(with: "2.".utf8) else {
            throw ArchiveError.corrupt(archive: name, offset: 0, reason: "it is no Debian package of format 2")
        }
        while let member = try members.next() {
            // Members that begin with an underscore are for others.
            if member.hasPrefix("_") { continue }
            guard member.hasPrefix("control.tar") else { break }
            let tar = try TarReader(members, name: "\(name): \(member)", filters: true)
            while let file = try tar.next() {
                guard file.path == "control", file.kind == .file else { continue }
                return try Self.content("\(name): control", limit: limit) { try tar.read(into: $0) }
            }
            break
        }
        throw ArchiveError.missingMembers(["control"], archive: name)
    }

    private static func content(
        _ name: String, limit: Int, read: (UnsafeMutableRawBufferPointer) throws -> Int
    ) throws -> [UInt8] {
        var content: [UInt8] = []
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 16 << 10, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try read(buffer)
            if count == 0 { return content }
            content.append(contentsOf: buffer[..<count])
            guard content.count <= limit else {
                throw ArchiveError.corrupt(archive: name, offset: UInt64(limit), reason: "longer than \(limit) bytes")
            }
        }
    }

    /// The members of the outer archive, one after the other; as a source, the content of the current one.
    private final class Members: ByteSource {
        private let reader: LibraryReader
        private let name: String

        init(_ path: FilePath, name: String) throws {
            self.name = name
            reader = try LibraryReader(FileByteSource(path), name: name) { archive in
                archive_read_support_format_ar(archive)
            }
        }

        func next() throws -> String? {
            guard let entry = try reader.nextHeader() else { return nil }
            guard let path = archive_entry_pathname(entry) else { throw reader.failure() }
            return String(cString: path)
        }

        func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int { try reader.read(into: buffer) }

        func content(limit: Int) throws -> [UInt8] {
            try DebArchive.content(name, limit: limit) { try reader.read(into: $0) }
        }
    }
}

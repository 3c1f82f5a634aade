import BundleModel
public import SystemPackage

/// A tarball from upstream: `.tar.gz`, `.tgz`, `.tar.xz`, `.tar.zst` or plain `.tar`.
public struct UpstreamArchive: Sendable {
    private let path: FilePath

    public init(_ path: FilePath) { self.path = path }

    /// Writes the chosen regular files, flat by the given names, into a folder.
    ///
    /// - Parameters:
    ///   - folder: existing.
    ///   - choose: from a member's path to a file name in `folder`; nil leaves the member out.
    /// - Returns: the names that were written.
    /// - Throws: `ArchiveError`; hostile names are refused even for members that are not chosen.
    public func extract(into folder: FilePath, choose: (String) -> String?) throws -> [String] {
        let anchor = try AnchoredFolder(folder)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
        defer { buffer.deallocate() }
        var written: [String] = []
        try forEachMember { member, content in
            guard member.kind == .file, let name = choose(member.path), MemberPath.components(name) == [name] else {
                return
            }
            let file = try anchor.create(name)
            try file.closeAfter {
                while true {
                    let count = try content.read(into: buffer)
                    if count == 0 { break }
                    do { try file.writeAll(UnsafeRawBufferPointer(rebasing: buffer[..<count])) } catch let error
                        as Errno
                    {
                        throw ArchiveError.system("write", path: folder.appending(name).string, errno: error.rawValue)
                    }
                }
            }
            written.append(name)
        }
        return written
    }

    /// Reads the archive once, member by member. Blocks.
    ///
    /// - Parameter visit: given each file, folder and symbolic link in turn, and the content, which may be left unread
    ///   and is of no use afterwards. Paths and link targets stay inside the archive.
    /// - Throws: `ArchiveError`; `.hostileMember` for names, links and kinds that nothing should unpack. What `visit`
    ///   throws.
    public func forEachMember(_ visit: (ArchiveMember, any ByteSource) throws -> Void) throws {
        let tar = try TarReader(FileByteSource(path), name: path.lastComponent?.string ?? path.string, filters: true)
        while let member = try tar.next() { try visit(member, Content(tar)) }
    }

    /// The current member's.
    private final class Content: ByteSource {
        private let tar: TarReader

        init(_ tar: TarReader) { self.tar = tar }

        func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int { try tar.read(into: buffer) }
    }
}

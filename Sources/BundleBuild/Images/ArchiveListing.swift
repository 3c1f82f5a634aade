import Archive
import BundleModel
import SystemPackage

/// What an archive of images has in it, read without writing anything.
struct ArchiveListing {
    /// More members than any tool writes for a few images: an attack on time.
    private static let memberLimit = 200_000
    /// Bytes of all members. More is an attack on the disk.
    private static let totalLimit = 4 * ImageMember.layerLimit
    /// Links on the way to a file.
    private static let linkLimit = 8

    /// `index.json` and `manifest.json`, where they are there.
    private(set) var documents: [String: [UInt8]] = [:]
    /// Bytes of files by path; of those that are there more than once, of all: each is written.
    private(set) var files: [String: UInt64] = [:]
    /// Targets of symbolic links by path.
    private var links: [String: String] = [:]

    /// Blocks.
    ///
    /// - Throws: `ArchiveError`, `BundleBuildError.unreadable`, `CancellationError`.
    init(of path: FilePath, stop: CancellationFlag) throws {
        var (count, total): (Int, UInt64) = (0, 0)
        func bad(_ reason: String) -> BundleBuildError { .unreadable(path: path.string, reason: reason) }
        try UpstreamArchive(path).forEachMember { member, content in
            if stop.isRaised { throw CancellationError() }
            count += 1
            total += min(member.size, Self.totalLimit)
            guard count <= Self.memberLimit else { throw bad("it has more than \(Self.memberLimit) members") }
            guard member.size <= ImageMember.layerLimit, total <= Self.totalLimit else {
                throw bad("'\(member.path.printable)' makes it larger than anything that images need")
            }
            switch member.kind {
            case .directory: break
            case .symlink: links[member.path] = member.target
            case .file:
                files[member.path, default: 0] += member.size
                guard member.path == "index.json" || member.path == "manifest.json" else { return }
                guard member.size <= UInt64(ImageLayout.indexLimit) else {
                    throw bad("'\(member.path)' has \(member.size) bytes, at most \(ImageLayout.indexLimit) are read")
                }
                documents[member.path] = try Self.bytes(content)
            }
        }
    }

    /// The file that a path leads to, through links; nil where there is none.
    func file(at path: String) -> String? {
        var path = Self.plain(path, in: "")
        for _ in 0..<Self.linkLimit {
            guard let here = path else { return nil }
            if files[here] != nil { return here }
            guard let target = links[here] else { return nil }
            let folder = here.split(separator: "/").dropLast().joined(separator: "/")
            path = Self.plain(target, in: folder)
        }
        return nil
    }

    /// A path without `.` and `..`; nil where it leaves the archive.
    private static func plain(_ path: String, in folder: String) -> String? {
        if path.utf8.first == UInt8(ascii: "/") { return nil }
        var parts = folder.split(separator: "/")
        for part in path.split(separator: "/") where part != "." {
            if part != ".." {
                parts.append(part)
            } else if parts.popLast() == nil {
                return nil
            }
        }
        return parts.joined(separator: "/")
    }

    private static func bytes(_ content: any ByteSource) throws -> [UInt8] {
        var bytes: [UInt8] = []
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try content.read(into: buffer)
            if count == 0 { return bytes }
            bytes.append(contentsOf: buffer[..<count])
        }
    }
}

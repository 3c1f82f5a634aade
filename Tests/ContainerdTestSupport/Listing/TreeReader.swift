import BundleModel
import CFileSystems
import Signing
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// Walks a tree by descriptors.
struct TreeReader {
    let top: Int32
    /// Folders that were seen and not read yet.
    var open: [ByteString] = []
    private var members: [ByteString: SnapshotMember] = [:]
    private var inodes: [Inode: [ByteString]] = [:]

    struct Inode: Hashable {
        let device: UInt64
        let number: UInt64
    }

    init(top: Int32) {
        self.top = top
    }

    mutating func readRoot() throws {
        try add(name: ".", in: top, path: "")
    }

    mutating func readFolder(_ path: ByteString) throws {
        let folder = try descend(path)
        defer { close(folder) }
        for name in try names(of: folder, path) {
            try add(name: name, in: folder, path: path.bytes.isEmpty ? name : path + "/" + name)
        }
    }

    /// All members, each with its fellow links.
    func membersWithLinks() -> [ByteString: SnapshotMember] {
        var result = members
        for paths in inodes.values where paths.count > 1 {
            for path in paths { result[path]?.hardLinks = paths.sorted() }
        }
        return result
    }

    private mutating func add(name: ByteString, in folder: Int32, path: ByteString) throws {
        var status = stat()
        guard fstatat(folder, name.terminated, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            // A whiteout in a folder that only one layer has: overlayfs lists it, and has nothing there.
            if errno == ENOENT { return }
            throw failed("stat", path)
        }
        let kind = try Self.kind(status, path)
        // A short way to the member that does not follow it, for the calls that know no folder descriptor.
        let near = ByteString("/proc/self/fd/\(folder)/") + name
        members[path] = SnapshotMember(
            kind: kind, mode: UInt16(status.st_mode & 0o7777), owner: status.st_uid, group: status.st_gid,
            size: kind == .directory ? 0 : UInt64(status.st_size), seconds: Int64(status.st_mtim.tv_sec),
            nanoseconds: Int64(status.st_mtim.tv_nsec),
            major: UInt32(truncatingIfNeeded: (status.st_rdev >> 8) & 0xfff | (status.st_rdev >> 32) & ~0xfff),
            minor: UInt32(truncatingIfNeeded: status.st_rdev & 0xff | (status.st_rdev >> 12) & ~0xff),
            target: kind == .symlink ? try target(name, in: folder, path) : nil, hardLinks: [],
            attributes: try ExtendedAttributeReader.all(of: near, path),
            digest: kind == .file ? try digest(name, in: folder, path) : nil)
        if kind == .directory {
            open.append(path)
        } else {
            inodes[Inode(device: UInt64(status.st_dev), number: UInt64(status.st_ino)), default: []].append(path)
        }
    }

    private static func kind(_ status: stat, _ path: ByteString) throws -> SnapshotMember.Kind {
        switch status.st_mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR: .directory
        case S_IFLNK: .symlink
        case S_IFCHR: .character
        case S_IFBLK: .block
        case S_IFIFO: .fifo
        case S_IFSOCK: .socket
        default: throw ListingError(call: "know the type of", path: path, errno: EINVAL)
        }
    }

    private func target(_ name: ByteString, in folder: Int32, _ path: ByteString) throws -> ByteString {
        var buffer = [CChar](repeating: 0, count: 8192)
        let count = readlinkat(folder, name.terminated, &buffer, buffer.count)
        guard count >= 0 else { throw failed("read link", path) }
        return ByteString(buffer[..<count].map { UInt8(bitPattern: $0) })
    }

    private func digest(_ name: ByteString, in folder: Int32, _ path: ByteString) throws -> SHA256Digest {
        let file = openat(folder, name.terminated, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard file >= 0 else { throw failed("open", path) }
        let descriptor = FileDescriptor(rawValue: file)
        return try descriptor.closeAfter { try SHA256Hasher.hash(contentOf: descriptor) }
    }

    /// A folder's descriptor, reached in steps that are short enough for the kernel.
    private func descend(_ path: ByteString) throws -> Int32 {
        var here = dup(top)
        guard here >= 0 else { throw failed("open", path) }
        var rest = path.bytes[...]
        while !rest.isEmpty {
            var step = rest.prefix(2048)
            if step.count < rest.count { step = step[...(step.lastIndex(of: UInt8(ascii: "/")) ?? step.endIndex - 1)] }
            let next = openat(here, ByteString(step).terminated, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            let reason = errno
            close(here)
            guard next >= 0 else { throw ListingError(call: "open", path: path, errno: reason) }
            here = next
            rest = rest[step.endIndex...]
        }
        return here
    }

    private func names(of folder: Int32, _ path: ByteString) throws -> [ByteString] {
        // The stream closes what it is given.
        let copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else { throw failed("list", path) }
        defer { closedir(stream) }
        var names: [ByteString] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else { throw failed("list", path) }
                return names
            }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { ByteString($0.prefix { $0 != 0 }) }
            if name != ".", name != ".." { names.append(name) }
        }
    }

    private func failed(_ call: String, _ path: ByteString) -> ListingError {
        ListingError(call: call, path: path, errno: errno)
    }
}

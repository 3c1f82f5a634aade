import FoundationEssentials
import Host
import SystemPackage

/// Everything below a folder, with all that the file system knows of it.
struct Tree: Equatable {
    struct Member: Codable, Hashable {
        let kind: String
        let mode: Int
        let uid: Int
        let gid: Int
        /// Bytes; 0 for a folder.
        let size: Int
        /// Nanoseconds since 1970.
        var modified: Int64
        let device: String
        let target: String
        /// A short file's bytes, else their digest.
        let content: String
        /// The first of the paths that are the same file.
        let group: String
        /// Values in hexadecimal.
        let attributes: [String: String]
    }

    /// By path without a slash before it; bytes are shown as the characters of these numbers.
    private(set) var members: [String: Member]

    init(_ root: FilePath) async throws {
        let result = try await SystemProcessRunner().require(
            Command("python3", ["-c", Self.script, root.string], outputLimit: 64 << 20))
        members = try JSONDecoder().decode([String: Member].self, from: Data(result.standardOutput.utf8))
    }

    subscript(path: String) -> Member? { members[path] }

    var paths: [String] { members.keys.filter { !$0.isEmpty }.sorted() }

    /// Without the times of folders, which depend on when something was put in.
    var withoutFolderTimes: [String: Member] {
        members.mapValues { member in
            var copy = member
            if member.kind == "folder" { copy.modified = 0 }
            return copy
        }
    }

    private static let script = """
        import hashlib, json, os, stat, sys
        kinds = {stat.S_IFDIR: 'folder', stat.S_IFREG: 'file', stat.S_IFLNK: 'link', stat.S_IFCHR: 'character',
                 stat.S_IFBLK: 'block', stat.S_IFIFO: 'fifo'}
        first, found = {}, {}
        def text(data): return data.decode('latin-1')
        def look(path, name):
            s = os.lstat(path)
            kind = kinds[stat.S_IFMT(s.st_mode)]
            content = b''
            if kind == 'file':
                content = open(path, 'rb').read()
                if len(content) > 64: content = hashlib.sha256(content).hexdigest().encode()
            isDevice = kind in ('character', 'block')
            names = os.listxattr(path, follow_symlinks=False)
            found[text(name)] = {
                'kind': kind, 'mode': stat.S_IMODE(s.st_mode), 'uid': s.st_uid, 'gid': s.st_gid,
                'size': 0 if kind == 'folder' else s.st_size, 'modified': s.st_mtime_ns,
                'device': f'{os.major(s.st_rdev)}:{os.minor(s.st_rdev)}' if isDevice else '',
                'target': text(os.readlink(path)) if kind == 'link' else '', 'content': text(content),
                'group': text(name) if kind == 'folder' else text(first.setdefault(s.st_ino, name)),
                'attributes': {n: os.getxattr(path, n, follow_symlinks=False).hex() for n in names}}
            if kind == 'folder':
                for each in sorted(os.listdir(path)):
                    look(path + b'/' + each, name + b'/' + each if name else each)
        look(os.fsencode(sys.argv[1]), b'')
        print(json.dumps(found))
        """
}

import BundleModel
import Signing
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

extension TarPackWriter {
    func add(_ member: Pack.Member, from source: LayerFile, _ advanced: (Int) throws -> Void) throws {
        let bytes = try source.open()
        try begin(member)
        let hasher = SHA256Hasher()
        var done: UInt64 = 0
        while true {
            let count = try bytes.read(into: buffer)
            done += UInt64(count)
            guard done <= member.size, count > 0 || done == member.size else { throw Self.changed(source.path) }
            if count == 0 { break }
            let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            hasher.update(piece)
            try data(piece)
            try advanced(count)
        }
        guard hasher.finish() == member.sha256 else { throw Self.changed(source.path) }
    }

    private static func changed(_ path: FilePath) -> ArchiveError {
        .unusableSource(path.string, reason: "changed while it was read")
    }

    func add(
        _ path: String, mode: UInt32, source: FilePath, _ advanced: (Int) throws -> Void
    ) throws {
        do {
            let file = try FileDescriptor.open(source, .readOnly, options: [.closeOnExec])
            try file.closeAfter {
                var status = stat()
                guard fstat(file.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
                guard status.st_mode & S_IFMT == S_IFREG else {
                    throw ArchiveError.unusableSource(source.string, reason: "not a regular file")
                }
                let size = UInt64(status.st_size)
                try begin(Pack.Member(path: path, mode: mode, size: size))
                let hasher = SHA256Hasher()
                var done: UInt64 = 0
                while true {
                    let count = try file.read(into: buffer)
                    done += UInt64(count)
                    guard done <= size, count > 0 || done == size else {
                        throw Self.changed(source)
                    }
                    if count == 0 { break }
                    let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                    hasher.update(piece)
                    try data(piece)
                    try advanced(count)
                }
                members[members.count - 1].sha256 = hasher.finish()
            }
        } catch let error as Errno {
            throw ArchiveError.system("read", path: source.string, errno: error.rawValue)
        }
    }
}

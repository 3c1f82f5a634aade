public import BundleModel
public import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

extension TarPackWriter {
    /// Writes a whole pack to a new file: sorts the sources, syncs, and removes the file on failure.
    ///
    /// - Parameter threads: compression threads; does not change the bytes.
    /// - Throws: as `add`, and `ArchiveError.unusableSource` for two sources with one path.
    public static func write(
        _ sources: [PackSource], to path: FilePath, compression: Compression, threads: Int, modificationTime: UInt64,
        chunkSize: UInt64 = 4 << 20, progress: any ProgressSink = SilentProgress(), task: String = "pack"
    ) throws -> PackSummary {
        do {
            let file = try FileDescriptor.open(
                path, .readWrite, options: [.create, .truncate, .noFollow, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            return try file.closeAfter {
                let writer = try TarPackWriter(
                    output: file, compression: compression, threads: threads, modificationTime: modificationTime,
                    chunkSize: chunkSize)
                let sorted = sources.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
                for (number, source) in sorted.enumerated() {
                    progress.report(
                        ProgressEvent(
                            kind: .advanced, task: task, done: UInt64(number), total: UInt64(sorted.count),
                            unit: .items, detail: source.path))
                    try writer.add(source)
                }
                let summary = try writer.finish()
                guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
                return summary
            }
        } catch {
            unlink(path.string)
            guard let code = error as? Errno else { throw error }
            throw ArchiveError.system("write", path: path.string, errno: code.rawValue)
        }
    }
}

import Host
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// What earlier, interrupted runs have put on the disk already, so that a rerun asks for the rest only.
struct EarlierWork {
    let root: HostRoot
    let entries: [JournalEntry]

    /// The step that fills each of the folders of `Requirements.bytes`.
    private static let steps = [
        "/usr/local/bin": "binaries", "/opt/cni/bin": "binaries", ContainerdStep.store: "images",
        "/var/lib/node-install": "host-packages",
    ]

    /// - Returns: `max` once the folder's step is done: it asks for nothing more.
    func bytes(in folder: String) -> UInt64 {
        let state = JournalState(entries)
        if let step = Self.steps[folder], state.stepsDone.contains(step) { return .max }
        if state.claimed.contains(folder) { return Self.allocated(root.resolve(folder)) }
        var written: Set<String> = []
        for case .fileWritten(let path, _, _) in entries.map(\.record) where path.hasPrefix("\(folder)/") {
            written.insert(path)
        }
        return written.reduce(0) { $0 + Self.allocated(root.resolve($1)) }
    }

    /// Bytes that a file, or everything below a folder, takes on the disk.
    private static func allocated(_ path: FilePath) -> UInt64 {
        var status = stat()
        guard lstat(path.string, &status) == 0 else { return 0 }
        let own = UInt64(status.st_blocks) * 512
        guard status.st_mode & S_IFMT == S_IFDIR else { return own }
        return ((try? FileSystem.list(path)) ?? []).reduce(own) { $0 + allocated(path.appending($1)) }
    }
}

import Host
import SystemPackage

/// Writes of blobs from which a power cut has taken what containerd knows them by: it neither lists nor collects them,
/// what they hold would stay, and one of them keeps it from listing any other.
struct BrokenWrites: Sendable {
    private let folder: FilePath

    /// - Parameter content: the folder of containerd's content store.
    init(_ content: FilePath) { folder = content.appending("ingest") }

    /// Blocks.
    func remove() throws {
        guard FileSystem.exists(folder) else { return }
        for name in try FileSystem.list(folder) {
            let write = folder.appending(name)
            // The reference is written first, and these get their names with their content: nobody is about to write
            // one of them.
            guard try FileSystem.status(write.appending("startedat")) != nil else { continue }
            let isBroken = try ["ref", "startedat", "updatedat"].contains { file in
                try FileSystem.text(write.appending(file)) == ""
            }
            guard isBroken else { continue }
            for file in try FileSystem.list(write) { try FileSystem.remove(write.appending(file)) }
            try FileSystem.remove(write)
        }
    }
}

import Host
import SystemPackage

/// Where containerd keeps what is to be synced.
struct StoreFolders: Sendable, Equatable {
    let snapshots: FilePath
    let content: FilePath

    /// nil where the snapshotter does not say, or its folder is not to be seen from here.
    init?(_ plugins: [Containerd_Services_Introspection_V1_Plugin], snapshotter: String) {
        func root(_ type: String, _ id: String) -> FilePath? {
            let plugin = plugins.first { $0.type == type && $0.id == id }
            guard let root = plugin?.exports["root"], FileSystem.exists(FilePath(root)) else { return nil }
            return FilePath(root)
        }
        guard let snapshots = root("io.containerd.snapshotter.v1", snapshotter) else { return nil }
        self.snapshots = snapshots
        // Later versions do not say where blobs are: beside, unless somebody moved the snapshots.
        let beside = snapshots.removingLastComponent().appending("io.containerd.content.v1.content")
        content =
            root("io.containerd.content.v1", "content") ?? (FileSystem.exists(beside) ? beside : snapshots)
    }
}

import BundleModel
import Layers
import SystemPackage

/// Writes the files of layers into snapshots itself, to exactly what containerd would have made of them.
struct LayerFiles: DirectApplier {
    func takes(_ blob: OCIDescriptor) -> Bool { true }

    func unpack(_ bytes: any BlobBytes, onto mounts: [SnapshotMount]) async throws -> SHA256Digest {
        guard mounts.count == 1,
            let folders = SnapshotFolders(type: mounts[0].type, source: mounts[0].source, options: mounts[0].options)
        else { throw NotDirect(reason: "a snapshot that is not one overlay") }
        return try await bytes.blocking { source in
            let upper = try FileDescriptor.open(folders.upper, .readOnly, options: [.directory, .closeOnExec])
            return try upper.closeAfter {
                do {
                    return try LayerUnpacker(upper: upper, lowers: folders.lowers).unpack(source).diffID
                } catch LayerError.unsupported(let reason) {
                    throw NotDirect(reason: reason)
                } catch LayerError.system(let call, let path, let errno) {
                    // Which file system it is, says the place.
                    throw LayerError.system(call, path: folders.upper.appending(path).string, errno: errno)
                }
            }
        }
    }
}

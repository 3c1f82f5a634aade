import Host
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// A bundle with its companions, whole, in a folder of their own until they take their places.
struct SealedFiles: Sendable {
    let bundle: FilePath

    /// - Parameters:
    ///   - output: where the bundle is to go; its name is in the sidecars.
    ///   - folder: on the same file system.
    init(for output: FilePath, in folder: FilePath) {
        bundle = folder.appending(output.lastComponent?.string ?? "bundle")
    }

    var lock: FilePath { MakeOptions.lockPath(of: bundle) }
    /// `sha256sum -c` reads it.
    var checksum: FilePath { companion(".sha256", of: bundle) }
    var checksumSignature: FilePath { companion(".sha256.sig", of: bundle) }

    /// Bytes of the bundle.
    func size() throws -> UInt64 { try FileSystem.status(bundle)?.size ?? 0 }

    /// Before the first move: half of them would be worse than none.
    ///
    /// - Throws: `HostError.system` where a folder stands in the place of one.
    func requirePlaces(of output: FilePath) throws {
        for (_, to) in moves(to: output) where try FileSystem.status(to)?.kind == .directory {
            throw HostError.system("replace", path: to.string, errno: EISDIR)
        }
    }

    /// Moves everything; a companion that the new bundle does not have goes. The bundle comes last: until then the earlier
    /// one is there, and its digest is not the one in the sidecar.
    ///
    /// - Parameter keepsLock: leaves the lock that is there alone, where the content is the same.
    /// - Throws: `HostError.system`.
    func move(to output: FilePath, keepsLock: Bool = false) throws {
        for (from, to) in moves(to: output) where !(keepsLock && from == lock) {
            guard FileSystem.exists(from) else {
                try FileSystem.remove(to)
                continue
            }
            guard rename(from.string, to.string) == 0 else {
                throw HostError.system("rename", path: to.string, errno: errno)
            }
        }
        let folder = output.removingLastComponent()
        try FileSystem.syncDirectory(folder.isEmpty ? FilePath(".") : folder)
    }

    private func moves(to output: FilePath) -> [(from: FilePath, to: FilePath)] {
        [
            (checksum, companion(".sha256", of: output)),
            (checksumSignature, companion(".sha256.sig", of: output)),
            (lock, MakeOptions.lockPath(of: output)), (bundle, output),
        ]
    }

    private func companion(_ suffix: String, of path: FilePath) -> FilePath { FilePath(path.string + suffix) }
}

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

    /// To be asked before work that would be for nothing.
    ///
    /// - Throws: `HostError.system` where a folder stands in the place of one.
    func requirePlaces(of output: FilePath) throws {
        for move in moves(to: output) where try FileSystem.status(move.to)?.kind == .directory {
            throw HostError.system("replace", path: move.to.string, errno: EISDIR)
        }
    }

    /// Moves everything, or nothing; a companion that the new bundle does not have goes.
    ///
    /// - Parameter keepsLock: leaves the lock that is there alone, where the content is the same.
    /// - Throws: `HostError.system`.
    func move(to output: FilePath, keepsLock: Bool = false) throws {
        try Replacement(moves: moves(to: output).filter { !(keepsLock && $0.from == lock) }).make()
    }

    /// What goes where. The bundle comes last: until then the earlier one is there, and its digest is not the one in the
    /// sidecar.
    func moves(to output: FilePath) -> [Replacement.Move] {
        [
            Replacement.Move(from: checksum, to: companion(".sha256", of: output), mayBeMissing: true),
            Replacement.Move(from: checksumSignature, to: companion(".sha256.sig", of: output), mayBeMissing: true),
            Replacement.Move(from: lock, to: MakeOptions.lockPath(of: output), mayBeMissing: true),
            Replacement.Move(from: bundle, to: output),
        ]
    }

    private func companion(_ suffix: String, of path: FilePath) -> FilePath { FilePath(path.string + suffix) }
}

import BundleModel
import FoundationEssentials
import Host
import Payload
import Signing
import SystemPackage

/// Signs an index and writes the bundle's file, its sidecars and its lock, into a folder beside their places.
struct BundleSealer: Sendable {
    let options: MakeOptions
    let workspace: Workspace
    let progress: any ProgressSink

    /// - Parameters:
    ///   - packs: of the index, with the files that hold them.
    ///   - osReleases: for the lock.
    ///   - modificationTime: of every member of the outer tar, seconds since 1970.
    ///   - lock: what has to come out, where a bundle is made again.
    /// - Returns: the files; nothing else is left in the workspace.
    func seal(
        _ index: BundleIndex, packs: [(pack: Pack, file: FilePath)], osReleases: [String], modificationTime: UInt64,
        lock: BundleLock? = nil
    ) async throws -> SealedFiles {
        let options = options
        let bytes = Array(try CanonicalJSON.encode(index))
        let digest = SHA256Hasher.hash(bytes)
        if let lock {
            try LockCheck.require(LockCheck(lock).differences(from: index, digest: digest))
        }
        let unsigned = try workspace.folder("index").appending(BundleIndex.fileName)
        try AtomicFile.write(bytes, to: unsigned)
        let signature = try await options.signer?.signature(of: unsigned)
        let sealed = SealedFiles(for: options.output, in: try workspace.folder(Self.folder))
        let progress = progress
        try await CancellationFlag.blocking { stop in
            let size = packs.reduce(options.head?.head.size ?? 0) { $0 + $1.pack.size }
            let meter = ByteMeter("write bundle", total: size, progress, stop: stop)
            try BundleWriter.write(
                to: sealed.bundle, head: options.head?.path, index: bytes, signatures: signature.map { [$0] } ?? [],
                packs: packs.map { ($0.pack, $0.file) }, modificationTime: modificationTime, advanced: meter.add)
            try BundleWriter.writeSidecars(for: sealed.bundle, key: nil)
            try BundleLock(
                index: index, digest: digest, osReleases: osReleases, key: options.signer?.verifyingKey.fingerprint
            ).write(to: sealed.lock)
            meter.finish()
        }
        if let signer = options.signer {
            let signature = try await signer.signature(of: sealed.checksum)
            try AtomicFile.write(signature.signature, to: sealed.checksumSignature)
        }
        let workspace = workspace
        try await BlockingPool.shared.run { workspace.remove(allBut: Self.folder) }
        return sealed
    }

    private static let folder = "sealed"
}

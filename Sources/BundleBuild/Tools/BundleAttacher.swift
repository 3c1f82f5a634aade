public import BundleModel
import Host
import Payload
public import Signing
public import SystemPackage

/// Puts a signature that was made elsewhere into a bundle: the file is written anew beside itself and takes its own place.
public struct BundleAttacher: Sendable {
    private let path: FilePath
    private let progress: any ProgressSink

    public init(_ path: FilePath, progress: any ProgressSink) {
        self.path = path
        self.progress = progress
    }

    /// Everything that the index lists is checked first: the sidecar that is written says that the file is good.
    ///
    /// - Throws: `SigningError.invalid` for a signature of something else, `.signedAlready`, `PayloadError` for a bundle
    ///   that is damaged or one of volumes, `HostError.system`. The bundle and its companions are as they were then.
    public func attach(_ signature: [UInt8], by key: VerifyingKey) async throws {
        let bundle = try BundleFile.open(path)
        guard key.isValid(signature: signature, over: bundle.indexBytes) else {
            throw SigningError.invalid(keyID: key.keyID)
        }
        // One that is there and not valid is replaced: only then is there something to mend.
        let isSigned = bundle.signatures.contains {
            $0.keyID == key.keyID && key.isValid(signature: $0.signature, over: bundle.indexBytes)
        }
        guard !isSigned else { throw SigningError.signedAlready(keyID: key.keyID) }
        try BundleWriter.requireOneFile(bundle, as: path)
        try await bundle.verify(bundle.index.packs, progress: progress)

        let workspace = try Workspace(beside: path)
        defer { workspace.remove() }
        let sealed = SealedFiles(for: path, in: workspace.path)
        let path = path
        let progress = progress
        try await CancellationFlag.blocking { stop in
            try sealed.requirePlaces(of: path)
            try NewFiles.requireSpace(try FileSystem.status(path)?.size ?? 0, in: workspace.path, for: path)
            let size = bundle.index.packs.reduce(bundle.index.head?.size ?? 0) { $0 + $1.size }
            let meter = ByteMeter("write bundle", total: size, progress, stop: stop)
            try BundleWriter.attach(
                BundleSignature(keyID: key.keyID, signature: signature, publicKey: key), to: bundle,
                output: sealed.bundle, advanced: meter.add)
            try BundleWriter.writeSidecars(for: sealed.bundle, key: nil)
            meter.finish()
            try stop.check()
            try sealed.move(to: path, keepsLock: true)
        }
    }
}

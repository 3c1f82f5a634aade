import BundleModel
import Dispatch
import Host
import Signing
import SystemPackage

extension MakeSummary {
    /// Of a bundle that was written.
    ///
    /// - Parameters:
    ///   - size: of its file, bytes.
    ///   - start: when the work began.
    init(
        _ index: BundleIndex, size: UInt64, status: TestStatus, notes: [String], options: MakeOptions,
        start: DispatchTime
    ) {
        let name = options.output.string
        schemaVersion = Self.currentSchemaVersion
        file = name
        self.size = size
        seconds = Double(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) / 1e9
        kubernetes = index.release.kubernetes
        containerd = index.release.containerd
        architecture = index.architecture
        self.status = status
        releaseID = index.releaseID
        sequence = index.sequence
        selfExtracting = options.head != nil
        keyFingerprint = options.signer?.verifyingKey.fingerprint
        packs = index.packs.map { pack in
            let worker = pack.prefix(for: .worker)
            return PackLine(
                name: pack.name, size: pack.size, uncompressedSize: pack.uncompressedSize,
                workerSize: worker.isWhole ? nil : worker.size, memory: pack.compression.decodingMemory)
        }
        base = index.base
        omittedSize = index.base.map { _ in
            index.packs.flatMap { $0.omitted ?? [] }.reduce(0) { $0 + $1.size }
        }
        companions =
            ["\(name).sha256"] + (options.signer == nil ? [] : ["\(name).sha256.sig"]) + [options.lockPath.string]
        self.notes = notes
    }
}

import BundleModel
import FoundationEssentials
import Host
import Signing
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// The same bundle with other signatures, or without its head: what is kept is copied byte for byte.
struct BundleCopy {
    private let bundle: BundleFile

    init(_ bundle: BundleFile) { self.bundle = bundle }

    /// - Parameters:
    ///   - isBare: leaves the head out.
    ///   - advanced: told how many bytes more of the head and the packs were written.
    func write(
        to path: FilePath, signatures: [BundleSignature], isBare: Bool = false,
        advanced: @escaping (UInt64) throws -> Void
    ) throws {
        let hasHead = !isBare && bundle.headRegion != nil
        try BundleWriter.replace(path, mode: hasHead ? 0o755 : 0o644) { output in
            var tar = OuterTarWriter(output: output, modificationTime: bundle.modificationTime, advanced: advanced)
            if hasHead, let head = bundle.index.head { try tar.copyHead(from: bundle.file, size: head.size) }
            try tar.add(BundleIndex.fileName, bundle.indexBytes)
            try tar.add(signatures)
            for pack in bundle.index.packs {
                try tar.add(pack.path, from: bundle.file, try bundle.region(of: pack))
            }
            try tar.finish(index: SHA256Hasher.hash(bundle.indexBytes))
        }
    }
}

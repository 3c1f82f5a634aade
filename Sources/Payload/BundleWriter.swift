public import BundleModel
import FoundationEssentials
import Host
public import Signing
public import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// Puts a bundle's file together.
public enum BundleWriter {
    /// Writes the file beside its place and renames it there; a failure leaves what was there before.
    ///
    /// - Parameters:
    ///   - head: the executable; compared with the index's size and digest. Nil for a bare bundle.
    ///   - index: the exact bytes that were signed.
    ///   - packs: each pack of the index, in its order, with the file that holds its bytes. Compared by size; the
    ///     digests of its chunks were taken when the file was written.
    ///   - modificationTime: of every member of the outer tar, seconds since 1970.
    ///   - advanced: told how many bytes more of the head and the packs were written; what it throws ends the work.
    /// - Throws: `PayloadError.unusable` for parts that a reader would refuse, before anything is written.
    public static func write(
        to path: FilePath, head: FilePath?, index: [UInt8], signatures: [BundleSignature],
        packs: [(pack: Pack, file: FilePath)], modificationTime: UInt64,
        advanced: @escaping (UInt64) throws -> Void = { _ in }
    ) throws {
        let described = try BundleFile.parse(index, name: BundleIndex.fileName, offset: 0)
        if let problem = IndexCheck.problem(described) { throw PayloadError.unusable("the index: \(problem)") }
        guard described.packs == packs.map(\.pack) else {
            throw PayloadError.unusable("the index lists other packs than there are")
        }
        try replace(path, mode: head == nil ? 0o644 : 0o755) { output in
            var tar = OuterTarWriter(output: output, modificationTime: modificationTime, advanced: advanced)
            if let head { try tar.addHead(head, expected: described.head) }
            try tar.add(BundleIndex.fileName, index)
            try tar.add(signatures)
            for (pack, file) in packs { try tar.add(pack.path, file: file, size: pack.size) }
            try tar.finish(index: SHA256Hasher.hash(index))
        }
    }

    /// Writes `FILE.sha256`, which `sha256sum -c` reads, and with a key its raw Ed25519 signature `FILE.sha256.sig`.
    public static func writeSidecars(for path: FilePath, key: SigningKey?) throws {
        let digest = try SHA256Hasher.hash(file: path)
        let line = Array("\(digest.hex)  \(path.lastComponent?.string ?? "")\n".utf8)
        try AtomicFile.write(line, to: FilePath(path.string + ".sha256"))
        let signature = FilePath(path.string + ".sha256.sig")
        guard let key else { return try FileSystem.remove(signature) }
        try AtomicFile.write(try key.sign(line), to: signature)
    }

    /// - Throws: `PayloadError.unusable` where a copy of the bundle would take one volume's place.
    public static func requireOneFile(_ bundle: BundleFile, as output: FilePath) throws {
        guard bundle.volumes.count == 1 || !bundle.volumes.contains(output) else {
            throw PayloadError.unusable("\(output) is one of \(bundle.volumes.count) volumes: attach before splitting")
        }
    }

    /// Writes a copy of a bundle with one more signature, or with a key's signature replaced.
    ///
    /// - Parameter advanced: as of `write`.
    /// - Throws: as `requireOneFile`.
    public static func attach(
        _ signature: BundleSignature, to bundle: BundleFile, output: FilePath,
        advanced: @escaping (UInt64) throws -> Void = { _ in }
    ) throws {
        try requireOneFile(bundle, as: output)
        let kept = bundle.signatures.filter { $0.keyID != signature.keyID }
        try BundleCopy(bundle).write(to: output, signatures: kept + [signature], advanced: advanced)
    }

    /// Writes a copy without the executable, for `node-install --bundle`.
    ///
    /// - Parameter advanced: as of `write`.
    public static func writeBare(
        _ bundle: BundleFile, to output: FilePath, advanced: @escaping (UInt64) throws -> Void = { _ in }
    ) throws {
        try BundleCopy(bundle).write(to: output, signatures: bundle.signatures, isBare: true, advanced: advanced)
    }

    /// Writes the executable of a self-extracting bundle, as a file of its own.
    ///
    /// - Throws: `PayloadError.unusable` for a bundle without one.
    public static func writeHead(of bundle: BundleFile, to output: FilePath) throws {
        guard let range = bundle.headRegion else {
            throw PayloadError.unusable("\(bundle.path) has no executable")
        }
        try replace(output, mode: 0o755) { file in
            var writer = OuterTarWriter(output: file, modificationTime: bundle.modificationTime)
            try writer.copyBytes(from: bundle.file, range)
        }
    }

    /// Writes a temporary file beside `path`, syncs it and renames it there.
    static func replace(_ path: FilePath, mode: UInt16, _ write: (FileDescriptor) throws -> Void) throws {
        let temporary = path.removingLastComponent().appending(
            ".\(path.lastComponent?.string ?? "bundle").\(getpid()).tmp")
        do {
            let output = try FileDescriptor.open(
                temporary, .writeOnly, options: [.create, .truncate, .noFollow, .closeOnExec],
                permissions: .ownerReadWrite)
            try output.closeAfter {
                try write(output)
                guard fchmod(output.rawValue, mode_t(mode)) == 0, fsync(output.rawValue) == 0 else {
                    throw Errno(rawValue: errno)
                }
            }
            guard rename(temporary.string, path.string) == 0 else { throw Errno(rawValue: errno) }
            try FileSystem.syncDirectory(path.removingLastComponent())
        } catch let error as Errno {
            unlink(temporary.string)
            throw PayloadError.system("write", path: path.string, errno: error.rawValue)
        } catch {
            unlink(temporary.string)
            throw error
        }
    }
}

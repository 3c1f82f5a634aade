import Archive
import BundleModel
import Host
import InstallCore
import Payload
import Signing
import SystemPackage

/// A bundle file as the installer's steps see it.
struct InstallBundle: BundleContent {
    let file: BundleFile
    private let kept = KeptStream()

    init(file: BundleFile) { self.file = file }

    var index: BundleIndex { file.index }

    func reader(_ pack: Pack, _ prefix: Pack.Prefix) throws -> PackReader {
        try file.reader(of: pack, prefix: prefix, continuation: pack.continues.flatMap { _ in kept.take() })
    }

    func keep(_ reader: PackReader?) { kept.keep(reader?.continuation()) }

    /// The executable head is checked too: another node-install that reads this file vouches for all of it.
    func verify(_ packs: [Pack], for role: NodeRole, progress: any ProgressSink) async throws {
        try await file.verify(packs, for: role, progress: progress)
    }

    /// A bundle by its name, or the one that this program carries. A program on a medium is held in memory from then on:
    /// that may be pulled while it reads.
    ///
    /// - Throws: `PayloadError`.
    static func open(_ path: String?) throws -> BundleFile {
        ProgramMemory.keep()
        return try path.map { try BundleFile.open(FilePath($0)) } ?? BundleFile.openSelf()
    }

    /// The bundle that the running program carries; nil for one that carries none.
    ///
    /// - Throws: `PayloadError` where its own payload cannot be opened, as in a volume without the others.
    static func carried() throws -> BundleFile? {
        do {
            return try BundleFile.openSelf()
        } catch PayloadError.noPayload {
            return nil
        }
    }

    /// The running program, cut off where its payload begins.
    ///
    /// - Throws: `PayloadError.damaged` where the medium gives other bytes than those that were signed.
    func executable() throws -> [UInt8] {
        guard let own = try Self.carried() else { return try FileSystem.read(Self.program, limit: 1 << 30) }
        return try own.head()
    }

    func executableHead() throws -> Head {
        if let head = try Self.carried()?.index.head { return head }
        let program = try FileSystem.resolvingLinks(Self.program)
        let size = try FileSystem.status(program)?.size ?? 0
        return Head(size: size, sha256: try SHA256Hasher.hash(file: Self.program))
    }

    private static let program: FilePath = "/proc/self/exe"
}

import Archive
import BundleModel
import Host
import InstallCore
import Payload
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

    /// Bytes of the running program before its payload; nil for one that carries none.
    ///
    /// - Throws: `PayloadError` where its own payload cannot be opened, as in a volume without the others.
    static func programSize() throws -> Int? {
        do {
            return try BundleFile.openSelf().headRegion.map { Int($0.count) }
        } catch PayloadError.noPayload {
            return nil
        }
    }

    /// The running program, cut off where its payload begins.
    func executable() throws -> [UInt8] {
        let path = FilePath("/proc/self/exe")
        do {
            guard let size = try Self.programSize() else { return try FileSystem.read(path, limit: 1 << 30) }
            let program = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
            return try program.closeAfter {
                var bytes = [UInt8](repeating: 0, count: size)
                var filled = 0
                while filled < bytes.count {
                    let count = try bytes.withUnsafeMutableBytes {
                        try program.read(
                            fromAbsoluteOffset: Int64(filled),
                            into: UnsafeMutableRawBufferPointer(rebasing: $0[filled...]))
                    }
                    guard count > 0 else { throw Errno.ioError }
                    filled += count
                }
                return bytes
            }
        } catch let error as Errno {
            throw HostError.system("read", path: path.string, errno: error.rawValue)
        }
    }
}

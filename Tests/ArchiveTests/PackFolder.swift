import Archive
import BundleModel
import FoundationEssentials
import Host
import Signing
import SystemPackage

/// A scratch folder with a root to unpack into; packs are made by this project or by Python and the stock compressors.
final class PackFolder: Sendable {
    let path: FilePath
    var root: FilePath { path.appending("root") }
    var pack: FilePath { path.appending("pack") }

    init() throws {
        path = FilePath("/tmp/kubeferry-archive-\(UUID().uuidString)")
        try FileSystem.makeDirectories(path.appending("root"))
    }

    deinit { try? FileManager.default.removeItem(atPath: path.string) }

    static func file(_ path: String, _ content: [UInt8], mode: UInt32 = 0o644) -> Pack.Member {
        Pack.Member(path: path, mode: mode, size: UInt64(content.count), sha256: SHA256Hasher.hash(content))
    }

    /// Writes a pack with the real writer.
    @discardableResult
    func write(_ sources: [PackSource], _ compression: Compression = Compression(level: 1)) throws -> PackSummary {
        try TarPackWriter.write(sources, to: pack, compression: compression, threads: 1, modificationTime: 0)
    }

    /// Writes a tar with Python, as an attacker would, and compresses it with zstd.
    ///
    /// - Parameters:
    ///   - script: adds members to the tarfile `f`; `add(name, content, **fields)` adds one.
    ///   - pipe: what the tar goes through on the way to zstd.
    func write(python script: String, through pipe: String = "cat") async throws {
        let program = """
            import io, sys, tarfile
            f = tarfile.open(fileobj=sys.stdout.buffer, mode='w|', format=tarfile.GNU_FORMAT)
            def add(name, content=b'', **fields):
                t = tarfile.TarInfo(name)
                t.size = len(content)
                t.mode = 0o644
                for key, value in fields.items(): setattr(t, key, value)
                f.addfile(t, io.BytesIO(content))
            \(script)
            f.close()
            """
        try await SystemProcessRunner().require(
            Command("sh", ["-c", "python3 -c \"$1\" | \(pipe) | zstd -q -f -o \"$2\"", "sh", program, pack.string]))
    }

    func append(_ bytes: [UInt8]) throws { try FileSystem.read(pack).appending(bytes).write(to: pack) }

    func reader(_ compression: Compression = Compression(level: 1)) throws -> PackReader {
        try PackReader(source: FileByteSource(pack), compression: compression)
    }

    @discardableResult
    func extract(
        _ members: [Pack.Member], _ compression: Compression = Compression(level: 1),
        willReplace: (String) throws -> Void = { _ in }
    ) throws -> [String] {
        try SafeExtractor(root: root).extract(reader(compression), members: members, willReplace: willReplace)
    }
}

extension [UInt8] {
    fileprivate func appending(_ bytes: [UInt8]) -> [UInt8] { self + bytes }
    fileprivate func write(to path: FilePath) throws { try AtomicFile.write(self, to: path) }
}

import Archive
import BundleModel
import Host
import Signing
import Synchronization
import SystemPackage
import Testing

@testable import InstallCore

/// What becomes of a pack's decoder when its files are in place.
struct PackExtractionTests {
    /// One program; notes what it is given to keep.
    private final class Keeper: BundleContent {
        let index: BundleIndex
        let pack: Pack
        let file: FilePath
        let kept = Mutex(0)

        init(in folder: FilePath) throws {
            index = try Fixture.index()
            file = folder.appending("files.pack")
            let output = try FileDescriptor.open(
                file, .readWrite, options: [.create, .truncate], permissions: .ownerReadWrite)
            let summary = try output.closeAfter {
                let writer = try TarPackWriter(
                    output: output, compression: Compression(level: 3), threads: 1, modificationTime: 0, order: .given)
                try writer.add(.bytes(path: "usr/local/bin/tool", mode: 0o755, content: [1, 2, 3]))
                return try writer.finish()
            }
            pack = summary.pack(name: "node", content: .files, selector: Pack.Selector())
        }

        func reader(_ pack: Pack, _ prefix: Pack.Prefix) throws -> PackReader {
            try SampleImages.reader(of: file, pack, prefix)
        }

        func keep(_ reader: PackReader?) { kept.withLock { $0 += reader == nil ? 0 : 1 } }
        func verify(_ packs: [Pack], for role: NodeRole, progress: any ProgressSink) async throws {}
        func executable() throws -> [UInt8] { [] }
        func executableHead() throws -> Head { Head(size: 0, sha256: SHA256Hasher.hash([UInt8]())) }
    }

    @Test(arguments: [true, false])
    func aReaderIsKeptWhereItsStreamIsReadOn(_ goesOn: Bool) throws {
        let scratch = try Scratch()
        let content = try Keeper(in: scratch.root.path)
        var placed: [String] = []
        try PackExtraction(content: content, pack: content.pack, root: scratch.root, goesOn: goesOn)
            .run(progress: SilentProgress()) { placed.append($0) }
        #expect(placed == ["usr/local/bin/tool"])
        #expect(content.kept.withLock { $0 } == (goesOn ? 1 : 0))
    }
}

import Archive
import BundleModel
import Host
import SystemPackage
import Testing

/// A pack in parts: every beginning up to a part's end is readable by itself, and exactly that.
struct PackPartsTests {
    private static let formats = [
        Compression(level: 1), Compression(level: 19, windowLog: 20), Compression(format: .xz, level: 1, windowLog: 20),
    ]
    private let parts = [
        PackPart(name: "first", roles: [], members: [.bytes(path: "z", mode: 0o644, content: [1, 2, 3])]),
        PackPart(
            name: "second", roles: [],
            members: [
                .bytes(path: "b", mode: 0o644, content: noise(700_000)), .bytes(path: "a", mode: 0o644, content: []),
            ]),
        PackPart(
            name: "third", roles: [.master], members: [.bytes(path: "c", mode: 0o644, content: noise(700_000))]),
    ]

    /// Bytes that no compressor makes fewer, but for a repetition.
    private static func noise(_ count: Int) -> [UInt8] {
        var state: UInt64 = 42
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
    }

    private func write(_ folder: PackFolder, _ compression: Compression, threads: Int = 1) throws -> Pack {
        let output = try FileDescriptor.open(
            folder.pack, .readWrite, options: [.create, .truncate], permissions: .ownerReadWrite)
        let summary = try output.closeAfter {
            let writer = try TarPackWriter(
                output: output, compression: compression, threads: threads, modificationTime: 0, order: .given)
            for part in parts {
                try writer.beginPart(part.name, roles: part.roles)
                for member in part.members { try writer.add(member) }
            }
            return try writer.finish()
        }
        return summary.pack(name: "images", content: .images, selector: Pack.Selector())
    }

    /// Paths of the members that a beginning has.
    private func read(_ folder: PackFolder, _ pack: Pack, _ prefix: Pack.Prefix) throws -> [String] {
        let bytes = try FileSystem.read(folder.pack, limit: 1 << 30).prefix(Int(prefix.size))
        let beginning = folder.path.appending("beginning")
        try AtomicFile.write(bytes, to: beginning)
        let reader = try PackReader(
            source: FileByteSource(beginning), compression: pack.compression, prefix: prefix)
        var paths: [String] = []
        try reader.forEachMember(pack.members(in: prefix)) { member, _ in
            paths.append(member.path)
            return true
        }
        return paths
    }

    @Test(arguments: formats)
    func aBeginningUpToAPartsEndIsReadByItself(_ compression: Compression) throws {
        let folder = try PackFolder()
        let pack = try write(folder, compression)
        #expect(PartListing.problem(pack) == nil)
        #expect(pack.parts?.map(\.members) == [1, 2, 1])
        #expect(try read(folder, pack, pack.prefix(throughPart: 0)) == ["z"])
        #expect(try read(folder, pack, pack.prefix(for: .worker)) == ["z", "b", "a"])
        #expect(pack.prefix(for: .master) == pack.whole)
        #expect(try read(folder, pack, pack.whole) == ["z", "b", "a", "c"])
        #expect(pack.prefix(for: .worker).size < pack.size)
    }

    @Test(arguments: formats)
    func aBeginningThatDecodesToMoreOrLessThanTheIndexSaysIsRefused(_ compression: Compression) throws {
        let folder = try PackFolder()
        let pack = try write(folder, compression)
        let good = pack.prefix(for: .worker)
        // The last hundred bytes hold more than xz's check of the block, which nothing waits for.
        for change in [(-512, 0), (512, 0), (0, -100)] {
            var prefix = good
            prefix.uncompressedSize = UInt64(Int(good.uncompressedSize) + change.0)
            prefix.size = UInt64(Int(good.size) + change.1)
            #expect(throws: ArchiveError.self, "\(change)") { try read(folder, pack, prefix) }
        }
    }

    @Test(arguments: formats)
    func theBytesDoNotDependOnTheThreads(_ compression: Compression) throws {
        let (one, three) = (try PackFolder(), try PackFolder())
        #expect(try write(one, compression) == write(three, compression, threads: 3))
        #expect(
            try FileSystem.read(one.pack, limit: 1 << 30) == FileSystem.read(three.pack, limit: 1 << 30))
    }

    @Test func zstdSharesAcrossPartsWhatXzDoesNot() throws {
        let folder = try PackFolder()
        #expect(try write(folder, Compression(level: 1)).size < 800_000)
        #expect(try write(folder, Compression(format: .xz, level: 1, windowLog: 20)).size > 1_300_000)
    }

    @Test func stockToolsReadAllOfIt() async throws {
        let folder = try PackFolder()
        _ = try write(folder, Compression(level: 1))
        let listed = try await SystemProcessRunner().require(
            Command("sh", ["-c", "zstd -dc \"$1\" | tar -t", "sh", folder.pack.string]))
        #expect(listed.standardOutput == "z\nb\na\nc\n")
    }

    @Test func readingEndsWhereItIsToldTo() throws {
        let folder = try PackFolder()
        let pack = try write(folder, Compression(level: 1))
        var seen: [String] = []
        try PackReader(source: FileByteSource(folder.pack), compression: pack.compression)
            .forEachMember(pack.members) { member, _ in
                seen.append(member.path)
                return seen.count < 2
            }
        #expect(seen == ["z", "b"])
    }

    @Test func contentThatTheReaderPassesOverIsComparedToo() throws {
        let folder = try PackFolder()
        var pack = try write(folder, Compression(level: 1))
        pack.members[1].sha256 = pack.members[0].sha256
        #expect {
            _ = try read(folder, pack, pack.whole)
        } throws: {
            guard case ArchiveError.wrongDigest("b", _, _) = $0 else { return false }
            return true
        }
    }

    @Test func aPathComesOnceInAnyOrder() throws {
        let folder = try PackFolder()
        let output = try FileDescriptor.open(folder.pack, .readWrite, options: [.create], permissions: .ownerReadWrite)
        try output.closeAfter {
            let writer = try TarPackWriter(
                output: output, compression: Compression(level: 1), threads: 1, modificationTime: 0, order: .given)
            try writer.add(.bytes(path: "b", mode: 0o644, content: []))
            try writer.add(.bytes(path: "a", mode: 0o644, content: []))
            #expect(throws: ArchiveError.unusableSource("b", reason: "comes twice")) {
                try writer.add(.bytes(path: "b", mode: 0o644, content: []))
            }
        }
    }
}

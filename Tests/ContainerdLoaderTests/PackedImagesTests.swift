import Archive
import BundleModel
import ContainerdTestSupport
import Host
import SystemPackage
import Testing

@testable import Containerd

/// Packs as bundles have them: compressed, and read as the index lists them.
struct PackedImagesTests {
    private final class Folder: Sendable {
        let path = FilePath("/tmp/kubeferry-images-\(String(UInt64.random(in: .min ... .max), radix: 36))")
        init() throws { try FileSystem.makeDirectories(path) }
        var pack: FilePath { path.appending("pack") }
    }

    /// Writes what a pack in memory holds; its order is the sorted one already.
    private func write(_ memory: TestPack, _ folder: Folder) throws {
        var sources: [PackSource] = []
        try memory.forEachMember { member, content in
            var bytes = [UInt8](repeating: 0, count: Int(member.size))
            var count = 0
            while count < bytes.count {
                count += try bytes.withUnsafeMutableBytes { try content.read(into: .init(rebasing: $0[count...])) }
            }
            sources.append(.bytes(path: member.path, mode: 0o644, content: bytes))
            return true
        }
        sources.sort { $0.path < $1.path }
        _ = try TarPackWriter.write(
            sources, to: folder.pack, compression: Compression(level: 1), threads: 1, modificationTime: 0)
    }

    private func images(_ members: [Pack.Member], _ folder: Folder) -> PackedImages {
        let path = folder.pack
        return PackedImages(members.sorted { $0.path < $1.path }) {
            try PackReader(source: FileByteSource(path), compression: Compression(level: 1))
        }
    }

    @Test func membersComeWithTheirContentAndReadingCanEnd() async throws {
        let folder = try Folder()
        let memory = TestPack(try LoadTests.images())
        try write(memory, folder)
        let packed = images(memory.members, folder)
        for limit in [1, 3, packed.members.count] {
            var seen: [Pack.Member] = []
            try packed.forEachMember { member, _ in
                seen.append(member)
                return seen.count < limit
            }
            #expect(seen == Array(packed.members.prefix(limit)))
        }
        try await SystemProcessRunner().require(Command("rm", ["-rf", folder.path.string]))
    }

    @Test func aPackThatIsNotWhatTheIndexListsIsRefused() async throws {
        let folder = try Folder()
        let memory = TestPack(try LoadTests.images())
        try write(memory, folder)
        var longer = memory.members
        longer[0].size += 1
        let lists = [Array(memory.members.dropFirst()), longer, memory.members + [Pack.Member(path: "z", mode: 0o644)]]
        for list in lists {
            #expect(throws: ArchiveError.self) { try images(list, folder).forEachMember { _, _ in true } }
        }
        try await SystemProcessRunner().require(Command("rm", ["-rf", folder.path.string]))
    }

    @Test(.enabled(if: ContainerdInstance.canRun, ContainerdInstance.skipped))
    func imagesOfACompressedPackAreLoaded() async throws {
        let folder = try Folder()
        let all = try LoadTests.images()
        let memory = TestPack(all)
        try write(memory, folder)
        let packed = images(memory.members, folder)
        try await withContainerd { containerd in
            _ = try await ContainerdClient.connected(to: containerd.socket.string) {
                try await ImageLoader($0).load(all.map(\.image), from: [packed])
            }
            #expect(try await containerd.contents() == LoadTests.expected(all))
        }
        try await SystemProcessRunner().require(Command("rm", ["-rf", folder.path.string]))
    }
}

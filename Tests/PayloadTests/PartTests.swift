import Archive
import BundleModel
import Payload
import Signing
import SystemPackage
import Testing

/// A worker reads the beginning of the pack of images, and nothing behind it.
struct PartTests {
    private func sample() throws -> SampleBundle {
        try SampleBundle(layers: [VerifyTests.noise(20_000), VerifyTests.noise(20_000, seed: 7)])
    }

    private func members(_ bundle: BundleFile, _ pack: Pack, _ prefix: Pack.Prefix) throws -> [String] {
        let reader = try PackReader(
            source: bundle.source(of: pack, prefix: prefix), compression: pack.compression, prefix: prefix)
        var paths: [String] = []
        try reader.forEachMember(pack.members(in: prefix)) { member, _ in
            paths.append(member.path)
            return true
        }
        return paths
    }

    @Test func eachRoleReadsWhatItNeeds() throws {
        let sample = try sample()
        defer { sample.remove() }
        let bundle = try BundleFile.open(sample.file)
        let pack = try #require(bundle.index.packs.last)
        #expect(try members(bundle, pack, pack.prefix(throughPart: 0)).count == 1)
        #expect(try members(bundle, pack, pack.prefix(for: .worker)).count == 2)
        #expect(try members(bundle, pack, pack.prefix(for: .master)).count == 3)
    }

    @Test func damageBehindAWorkersPartIsOthersBusiness() async throws {
        let sample = try sample()
        defer { sample.remove() }
        let bundle = try BundleFile.open(sample.file)
        let pack = try #require(bundle.index.packs.last)
        let prefix = pack.prefix(for: .worker)
        let start = try bundle.region(of: pack).lowerBound
        // The first byte of the first chunk that holds nothing of the beginning.
        let behind = UInt64(pack.chunkCount(of: prefix)) * pack.chunkSize
        try #require(behind < pack.size)
        try ByteFlip(sample.file).apply(at: start + behind, mask: 1)
        try await bundle.verifyPacks([pack], for: .worker, threads: 2)
        #expect(try members(bundle, pack, prefix).count == 2)
        for role in [NodeRole.master, nil] {
            await #expect(throws: PayloadError.self) { try await bundle.verifyPacks([pack], for: role, threads: 2) }
        }
        #expect(throws: PayloadError.self) { try members(bundle, pack, pack.whole) }
    }

    @Test(arguments: [0, 1])
    func damageBeforeItsEndIsFound(_ fromEnd: UInt64) async throws {
        let sample = try sample()
        defer { sample.remove() }
        let bundle = try BundleFile.open(sample.file)
        let pack = try #require(bundle.index.packs.last)
        let prefix = pack.prefix(for: .worker)
        let start = try bundle.region(of: pack).lowerBound
        try ByteFlip(sample.file).apply(at: start + (fromEnd == 0 ? 0 : prefix.size - 1), mask: 1)
        await #expect(throws: PayloadError.self) { try await bundle.verifyPacks([pack], for: .worker, threads: 2) }
        #expect(throws: PayloadError.self) { try members(bundle, pack, prefix) }
    }
}

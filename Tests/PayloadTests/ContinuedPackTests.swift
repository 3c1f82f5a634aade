import Archive
import BundleModel
import Host
import Payload
import Signing
import SystemPackage
import Testing

/// A pack of images that goes on with the stream of the programs.
struct ContinuedPackTests {
    /// A layer that is the program of the first pack: only a shared window makes it small.
    private static let shared = VerifyTests.noise(40_000)

    private func sample(isOneStream: Bool = true) throws -> SampleBundle {
        try SampleBundle(
            tool: Self.shared, layers: [Self.shared, VerifyTests.noise(20_000, seed: 7)], isOneStream: isOneStream)
    }

    private func members(_ bundle: BundleFile, _ pack: Pack, _ prefix: Pack.Prefix) throws -> [String] {
        var paths: [String] = []
        try bundle.reader(of: pack, prefix: prefix).forEachMember(pack.members(in: prefix)) { member, _ in
            paths.append(member.path)
            return true
        }
        return paths
    }

    private func reason(_ change: (inout BundleIndex) throws -> Void) throws -> String? {
        let sample = try sample()
        defer { sample.remove() }
        var raw = try RawBundle(sample)
        try change(&raw.index)
        try raw.write(to: sample.file, key: sample.key)
        return try RawBundle.reason(sample.file)
    }

    @Test func bothAreReadWholeAndTheSecondByPartsToo() throws {
        let sample = try sample()
        defer { sample.remove() }
        let bundle = try BundleFile.open(sample.file)
        let (node, images) = (bundle.index.packs[0], bundle.index.packs[1])
        #expect(images.continues == node.name && node.continues == nil)
        #expect(try members(bundle, node, node.whole) == node.members.map(\.path))
        #expect(try members(bundle, images, images.whole) == images.members.map(\.path))
        for part in 0..<3 {
            let prefix = images.prefix(throughPart: part)
            #expect(try members(bundle, images, prefix) == images.members(in: prefix).map(\.path))
        }
    }

    @Test func whatTheProgramsHaveIsNotPackedAgain() throws {
        let (one, two) = (try sample(), try sample(isOneStream: false))
        defer {
            one.remove()
            two.remove()
        }
        #expect(one.packs[0].size <= two.packs[0].size + 64)
        #expect(one.packs[1].size + 35_000 < two.packs[1].size)
    }

    @Test func bothPacksOneBehindTheOtherAreOneStreamForStockTools() async throws {
        let sample = try sample()
        defer { sample.remove() }
        let script = """
            cd "$1" && tail -c +4097 sample.run | tar -x packs && cat packs/node.tar.zst packs/images.tar.zst |
            zstd -dc --long=27 | tar -ti
            """
        let listed = try await SystemProcessRunner().require(Command("sh", ["-c", script, "sh", sample.folder.string]))
        #expect(
            listed.standardOutput.split(separator: "\n").map(String.init) == sample.packs.flatMap(\.members).map(\.path)
        )
    }

    @Test func damageOfTheFirstIsFoundWhenTheSecondIsRead() throws {
        let sample = try sample()
        defer { sample.remove() }
        let bundle = try BundleFile.open(sample.file)
        let images = bundle.index.packs[1]
        try ByteFlip(sample.file).apply(at: bundle.region(of: bundle.index.packs[0]).lowerBound + 100, mask: 1)
        #expect(throws: PayloadError.self) { try members(bundle, images, images.whole) }
    }

    @Test func theSecondGoesOnWhereTheReaderOfTheFirstStopped() throws {
        let sample = try sample()
        defer { sample.remove() }
        let bundle = try BundleFile.open(sample.file)
        let (node, images) = (bundle.index.packs[0], bundle.index.packs[1])
        func read(_ pack: Pack, _ reader: PackReader) throws -> [String] {
            var paths: [String] = []
            // Contents are compared with the index on the way.
            try reader.forEachMember(pack.members) { member, _ in
                paths.append(member.path)
                return true
            }
            return paths
        }
        for prefix in [images.prefix(throughPart: 0), images.whole] {
            let first = try bundle.reader(of: node)
            #expect(try read(node, first) == node.members.map(\.path))
            let continuation = try #require(first.continuation())
            // Not read again: damage in it is not met.
            let flip = ByteFlip(sample.file)
            let place = try bundle.region(of: node).lowerBound + 100
            try flip.apply(at: place, mask: 1)
            var part = images
            part.members = Array(images.members(in: prefix))
            let second = try bundle.reader(of: images, prefix: prefix, continuation: continuation)
            #expect(try read(part, second) == part.members.map(\.path))
            try flip.apply(at: place, mask: 1)
            // The stream ends with the second pack; its beginning alone might go on.
            #expect((second.continuation() == nil) == prefix.isWhole)
        }
    }

    @Test func aReaderThatStoppedEarlyOrOfAnotherPackIsNotGoneOnFrom() throws {
        let sample = try sample()
        defer { sample.remove() }
        let bundle = try BundleFile.open(sample.file)
        let (node, images) = (bundle.index.packs[0], bundle.index.packs[1])
        let stopped = try bundle.reader(of: node)
        try stopped.forEachMember(node.members) { _, _ in false }
        #expect(stopped.continuation() == nil)
        let beginning = try bundle.reader(of: images, prefix: images.prefix(throughPart: 0))
        try beginning.forEachMember(images.members(in: images.prefix(throughPart: 0))) { _, _ in true }
        let other = try #require(beginning.continuation())
        let whole = try bundle.reader(of: images, continuation: other)
        var count = 0
        try whole.forEachMember(images.members) { _, _ in
            count += 1
            return true
        }
        #expect(count == images.members.count)
    }

    @Test func aFirstPackThatDecodesToMoreOrLessIsRefused() throws {
        let sample = try sample()
        defer { sample.remove() }
        let bundle = try BundleFile.open(sample.file)
        for change in [-512, 512] {
            var node = bundle.index.packs[0]
            node.uncompressedSize = UInt64(Int(node.uncompressedSize) + change)
            #expect(throws: ArchiveError.self) { try members(bundle, node, node.whole) }
        }
    }

    @Test func onlyThePackBeforeIsContinuedAndOnlyOneThatAllRead() throws {
        #expect(try reason { _ in } == nil)
        for name in ["images", "other", ""] {
            #expect(try reason { $0.packs[1].continues = name }?.contains("is not the pack before it") == true)
        }
        #expect(try reason { $0.packs[0].continues = "node" }?.contains("is not the pack before it") == true)
        #expect(try reason { $0.packs[0].selector.roles = [.master] }?.contains("not all nodes read") == true)
        #expect(try reason { $0.packs[0].selector.osReleases = ["a-1"] }?.contains("not all nodes read") == true)
        #expect(try reason { $0.packs[1].compression.windowLog = 20 }?.contains("compressed otherwise") == true)
        let xz = try reason { index in
            for pack in [0, 1] { index.packs[pack].compression = Compression(format: .xz, level: 1) }
        }
        #expect(xz?.contains("compressed otherwise") == true)
    }
}

import BundleModel
import FoundationEssentials
import Host
import Payload
import Signing
import SystemPackage
import Testing

/// Copies that are damaged at different places give the whole bundle again, and nothing that is not signed.
struct RepairTests {
    private func sample() throws -> SampleBundle { try SampleBundle(tool: VerifyTests.noise(40_000)) }

    private func copy(_ sample: SampleBundle, _ name: String) throws -> FilePath {
        let path = sample.folder.appending(name)
        try SampleBundle.write(sample.bytes, to: path)
        return path
    }

    private func repair(
        _ sample: SampleBundle, _ damaged: FilePath, _ copies: [FilePath], key: SigningKey? = nil
    ) throws -> (plan: RepairPlan, bytes: [UInt8], repair: DamagedBundle) {
        let policy = TrustPolicy(keys: [(key ?? sample.key).verifyingKey])
        let repair = try DamagedBundle(damaged, copies: copies, policy: policy)
        let plan = try repair.plan { _ in }
        let output = sample.folder.appending("fixed")
        try repair.write(plan, to: output) { _ in }
        return (plan, try SampleBundle.read(output), repair)
    }

    /// Where a chunk of the first pack begins.
    private func start(of chunk: Int, in sample: SampleBundle) throws -> UInt64 {
        let bundle = try BundleFile.open(sample.file)
        let pack = bundle.index.packs[0]
        return try bundle.region(of: pack).lowerBound + UInt64(chunk) * pack.chunkSize
    }

    @Test func chunksThatAreDamagedInOneCopyComeFromTheOther() throws {
        let sample = try sample()
        defer { sample.remove() }
        let (one, two) = (try copy(sample, "one"), try copy(sample, "two"))
        for chunk in [0, 7, 8] { try ByteFlip(one).apply(at: start(of: chunk, in: sample), mask: 4) }
        for chunk in [1, 20] { try ByteFlip(two).apply(at: start(of: chunk, in: sample) + 9, mask: 4) }
        let fixed = try repair(sample, one, [two])
        #expect(try fixed.bytes == sample.bytes)
        #expect(fixed.plan.taken.map(\.chunk) == [0, 7, 8])
        #expect(fixed.plan.taken.allSatisfy { $0.from == two.string && $0.pack == "node" && $0.bytes == 512 })
        #expect(fixed.repair.headSource(fixed.plan) == nil && fixed.repair.indexSource == one.string)
    }

    @Test func whatAllCopiesLackIsListedAndNothingIsWritten() throws {
        let sample = try sample()
        defer { sample.remove() }
        let (one, two) = (try copy(sample, "one"), try copy(sample, "two"))
        for chunk in [2, 5] {
            for path in [one, two] { try ByteFlip(path).apply(at: start(of: chunk, in: sample), mask: 4) }
        }
        for path in [one, two] { try ByteFlip(path).apply(at: 3, mask: 4) }
        let expected = PayloadError.beyondRepair(
            one.string, parts: ["the executable", "chunk 2 of pack node", "chunk 5 of pack node"])
        #expect(throws: expected) { try repair(sample, one, [two]) }
        #expect(!FileSystem.exists(sample.folder.appending("fixed")))
        #expect(expected.category.exitCode == 30)
    }

    /// The beginning of each region in turn: head, framing, index, signatures, packs, trailer.
    @Test func damageOfAnyPartIsRepaired() throws {
        let sample = try sample()
        defer { sample.remove() }
        for region in try BundleFile.open(sample.file).regions {
            let (one, two) = (try copy(sample, "one"), try copy(sample, "two"))
            try ByteFlip(one).apply(at: region.offset, mask: 4)
            // And at another place of the copy.
            try ByteFlip(two).apply(at: start(of: 30, in: sample), mask: 4)
            #expect(try repair(sample, one, [two]).bytes == sample.bytes, "\(region.name)")
        }
    }

    @Test(arguments: [0, 100, 4096, 4608, 12_000])
    func aFileThatIsCutOffIsCompletedFromACopy(size: Int) throws {
        let sample = try sample()
        defer { sample.remove() }
        let one = sample.folder.appending("one")
        try SampleBundle.write(Array(sample.bytes.prefix(size)), to: one)
        #expect(try repair(sample, one, [sample.file]).bytes == sample.bytes)
    }

    @Test func volumesOfWhichOneIsMissingAndOneDamagedAreRepairedFromVolumes() throws {
        let sample = try sample()
        defer { sample.remove() }
        let bundle = try BundleFile.open(sample.file)
        for name in ["one", "two"] {
            _ = try VolumeWriter.write(bundle, into: sample.folder, name: name, volumeSize: 9000) { _ in }
        }
        try FileSystem.remove(sample.folder.appending("one.002"))
        try ByteFlip(sample.folder.appending("one.004")).apply(at: 4000, mask: 1)
        try FileSystem.remove(sample.folder.appending("two.005"))
        let fixed = try repair(sample, sample.folder.appending("one.001"), [sample.folder.appending("two.001")])
        #expect(try fixed.bytes == sample.bytes)
        #expect(!fixed.plan.taken.isEmpty)
    }

    @Test func aBundleThatNobodyTrustedSignedIsNotPutTogether() throws {
        let sample = try sample()
        defer { sample.remove() }
        let other = try SigningKey.generate()
        #expect(throws: SigningError.self) { try repair(sample, sample.file, [sample.file], key: other) }
    }

    @Test func anotherBundleAsTheCopyGivesNothing() throws {
        let sample = try sample()
        let other = try SampleBundle(key: sample.key, tool: VerifyTests.noise(40_000, seed: 7))
        defer {
            sample.remove()
            other.remove()
        }
        let one = try copy(sample, "one")
        try ByteFlip(one).apply(at: start(of: 3, in: sample), mask: 1)
        #expect(throws: PayloadError.beyondRepair(one.string, parts: ["chunk 3 of pack node"])) {
            try repair(sample, one, [other.file])
        }
    }

    /// A bare bundle may name an executable that is not in it, and say anything of its size.
    @Test func anExecutableOfASizeThatCannotBeIsNotLookedFor() throws {
        let sample = try sample()
        defer { sample.remove() }
        var raw = try RawBundle(sample)
        raw.head = []
        raw.index.head?.size = .max
        try raw.write(to: sample.file, key: sample.key)
        let bare = try sample.bytes
        let one = try copy(sample, "one")
        let flipped = try start(of: 3, in: sample)
        try ByteFlip(one).apply(at: flipped, mask: 1)
        let fixed = try repair(sample, one, [sample.file])
        #expect(fixed.bytes == bare)
        #expect(fixed.plan.taken.map(\.chunk) == [3])
    }

    @Test func aWholeFileNeedsNothing() throws {
        let sample = try sample()
        defer { sample.remove() }
        let fixed = try repair(sample, sample.file, [sample.file])
        #expect(try fixed.plan.taken.isEmpty && fixed.bytes == sample.bytes)
    }
}

import BundleModel
import Payload
import Signing
import SystemPackage
import Testing

/// A bundle with one wrong byte, or with bytes missing or added, is refused.
struct DamageTests {
    @Test func everyFlippedByteIsFound() async throws {
        let sample = try SampleBundle()
        defer { sample.remove() }
        let good = try sample.bytes
        try await Self.check(sample.file, sample.key)
        let damaged = sample.folder.appending("damaged.run")
        // A prime step reaches every region and every offset within a block in the end.
        for offset in stride(from: 0, to: good.count, by: 7) {
            var bytes = good
            bytes[offset] ^= 0x10
            try SampleBundle.write(bytes, to: damaged)
            let wasAccepted: Bool
            do {
                try await Self.check(damaged, sample.key)
                wasAccepted = true
            } catch let error as any Diagnostic {
                wasAccepted = ![.bundleDamaged, .notABundle, .signatureInvalid, .incompatibleVersions, .untrustedKey]
                    .contains(error.category)
            }
            #expect(!wasAccepted, "byte \(offset) of \(good.count)")
        }
    }

    @Test func everyRegionIsCoveredAndNamed() throws {
        let sample = try SampleBundle()
        defer { sample.remove() }
        let regions = try BundleFile.open(sample.file).regions
        let names = regions.map { $0.name.split(separator: " ").first.map(String.init) ?? "" }
        for name in ["head", "padding", "header", "index", "signature", "public", "pack", "trailer"] {
            #expect(names.contains(name))
        }
        #expect(zip(regions, regions.dropFirst()).allSatisfy { $0.range.upperBound <= $1.offset })
    }

    @Test(arguments: [1, 63, 64, 65, 4096, 9000])
    func aTruncatedFileIsRefused(missing: Int) throws {
        let sample = try SampleBundle()
        defer { sample.remove() }
        let good = try sample.bytes
        try SampleBundle.write(Array(good.dropLast(missing)), to: sample.file)
        #expect(throws: PayloadError.self) { try BundleFile.open(sample.file) }
    }

    @Test func partsJoinedInTheWrongOrderAreRefused() throws {
        let sample = try SampleBundle()
        defer { sample.remove() }
        let good = try sample.bytes
        let middle = good.count / 2
        try SampleBundle.write(Array(good[middle...] + good[..<middle]), to: sample.file)
        #expect(throws: PayloadError.self) { try BundleFile.open(sample.file) }
        // The last part twice: the trailer is right, the length is not.
        try SampleBundle.write(good + good[middle...], to: sample.file)
        #expect(throws: PayloadError.self) { try BundleFile.open(sample.file) }
    }

    @Test func aDamagedChunkIsNamedWithItsBytes() async throws {
        let sample = try SampleBundle()
        defer { sample.remove() }
        let bundle = try BundleFile.open(sample.file)
        let pack = try #require(bundle.index.packs.first)
        var bytes = try sample.bytes
        let start = try bundle.region(of: pack).lowerBound
        bytes[Int(start)] ^= 1
        try SampleBundle.write(bytes, to: sample.file)
        let damaged = try BundleFile.open(sample.file)
        let range = start..<start + min(pack.chunkSize, pack.size)
        await #expect(throws: PayloadError.damagedChunk(sample.file.string, pack: "node", chunk: 0, range: range)) {
            try await damaged.verifyPacks([pack], threads: 2)
        }
    }

    @Test func anExecutableWithoutABundleSaysSo() throws {
        #expect(throws: PayloadError.noPayload("/proc/self/exe")) { try BundleFile.openSelf() }
    }

    private static func check(_ file: FilePath, _ key: SigningKey) async throws {
        let bundle = try BundleFile.open(file)
        let policy = TrustPolicy(keys: [key.verifyingKey])
        _ = try policy.evaluate(signatures: bundle.signatures, over: bundle.indexBytes)
        try bundle.verifyHead()
        try await bundle.verifyPacks(bundle.index.packs, threads: 2)
    }
}

import BundleModel
import Host
import Payload
import Signing
import SystemPackage
import Testing

/// A bundle with one wrong byte is refused, wherever the byte is.
struct DamageTests {
    /// Kinds of regions, each a case of its own, so that they are checked side by side.
    private static let kinds = [
        "head", "padding", "header", "index", "signature", "public key", "pack", "end", "trailer",
    ]
    /// The zeros before the tar and at its end are many and all checked alike: a sample of them will do.
    private static let most = 200

    @Test(arguments: kinds)
    func everyFlippedByteIsFound(in kind: String) async throws {
        let sample = try SampleBundle()
        defer { sample.remove() }
        try await Self.check(sample.file, sample.key)
        var random = Seeded()
        let regions = try BundleFile.open(sample.file).regions.filter { Self.kind($0) == kind }
        try #require(!regions.isEmpty)
        var offsets = regions.flatMap { Array($0.range) }
        if kind == "padding" || kind == "end" { offsets = Array(offsets.shuffled(using: &random).prefix(Self.most)) }
        let flip = ByteFlip(sample.file)
        for offset in offsets {
            let mask = UInt8(1) << UInt8.random(in: 0..<8, using: &random)
            try flip.apply(at: offset, mask: mask)
            #expect(
                await Self.isRefused(sample.file, sample.key),
                "byte \(offset), mask \(mask), KUBEFERRY_SEED=\(random.seed)")
            try flip.apply(at: offset, mask: mask)
        }
        try await Self.check(sample.file, sample.key)
    }

    @Test func theRegionsAreTheWholeFileAndEveryKindIsThere() throws {
        let sample = try SampleBundle()
        defer { sample.remove() }
        let regions = try BundleFile.open(sample.file).regions
        #expect(Set(regions.map(Self.kind)) == Set(Self.kinds))
        #expect(regions.first?.offset == 0)
        #expect(regions.last?.range.upperBound == UInt64(try sample.bytes.count))
        #expect(zip(regions, regions.dropFirst()).allSatisfy { $0.range.upperBound == $1.offset })
    }

    @Test func anExecutableWithoutABundleSaysSo() throws {
        #expect {
            try BundleFile.openSelf()
        } throws: {
            guard case .noPayload(let path) = $0 as? PayloadError else { return false }
            return path.hasPrefix("/") && !path.hasPrefix("/proc")
        }
    }

    private static func kind(_ region: Region) -> String {
        kinds.first { region.name == $0 || region.name.hasPrefix("\($0) ") } ?? region.name
    }

    private static func isRefused(_ file: FilePath, _ key: SigningKey) async -> Bool {
        do {
            try await check(file, key)
            return false
        } catch let error as any Diagnostic {
            return [.bundleDamaged, .signatureInvalid, .incompatibleVersions].contains(error.category)
        } catch {
            return false
        }
    }

    private static func check(_ file: FilePath, _ key: SigningKey) async throws {
        // Thousands of times: not on the threads that all tests share.
        let bundle = try await BlockingPool.shared.run {
            let bundle = try BundleFile.open(file)
            let policy = TrustPolicy(keys: [key.verifyingKey])
            _ = try policy.evaluate(signatures: bundle.signatures, over: bundle.indexBytes)
            try bundle.verifyHead()
            return bundle
        }
        try await bundle.verifyPacks(bundle.index.packs, threads: 1)
    }
}

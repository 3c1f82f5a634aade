import BundleModel
import Payload
import Signing
import Testing

/// Parts and members of a pack of images that cannot be are refused when the bundle is opened.
struct HostilePartTests {
    private func reason(_ change: (inout Pack) throws -> Void) throws -> String? {
        let sample = try SampleBundle(layers: [VerifyTests.noise(2000), VerifyTests.noise(2000, seed: 7)])
        defer { sample.remove() }
        var raw = try RawBundle(sample)
        try change(&raw.index.packs[1])
        try raw.write(to: sample.file, key: sample.key)
        return try RawBundle.reason(sample.file)
    }

    @Test func theSameBundleWithoutTricksOpens() throws {
        #expect(try reason { _ in } == nil)
    }

    @Test(arguments: [Int.min, -1, 0, 2, 1000, Int.max])
    func membersThatThePackHasNotAreRefused(_ count: Int) throws {
        for part in 0..<3 {
            #expect(try reason { $0.parts?[part].members = count } != nil, "\(part)")
        }
    }

    @Test(arguments: [0, 1, 512, UInt64.max, UInt64.max - 511, 1 << 48])
    func partsThatEndWhereTheyCannotAreRefused(_ end: UInt64) throws {
        for part in 0..<3 {
            #expect(try reason { $0.parts?[part].uncompressedEnd = end }?.contains("ends where") == true, "\(part)")
            // A part of fewer bytes may be.
            if end == 0 || end > 1000 {
                #expect(try reason { $0.parts?[part].end = end }?.contains("ends where") == true, "\(part)")
            }
        }
    }

    @Test func partsOutOfOrderOrTwiceAreRefused() throws {
        #expect(try reason { $0.parts?.swapAt(1, 2) } != nil)
        #expect(try reason { $0.parts?[2].name = "layers" }?.contains("two parts of one name") == true)
        #expect(try reason { $0.parts?.removeLast() } != nil)
        #expect(try reason { $0.parts = [] } != nil)
        #expect(try reason { $0.parts = nil }?.contains("does not begin with a part") == true)
        #expect(try reason { $0.parts?[0].name = "x" }?.contains("does not begin with a part") == true)
    }

    @Test func aPartThatSkipsTheOneBeforeItIsRefused() throws {
        let found = try reason {
            $0.parts?[1].roles = [.master]
            $0.parts?[2].roles = [.worker]
        }
        #expect(found?.contains("do not read the one before it") == true)
        #expect(try reason { $0.parts?[0].roles = [.master] } != nil)
    }

    @Test func aMemberThatIsNotNamedByItsDigestIsRefused() throws {
        #expect(try reason { $0.members[0].path = "index.json" }?.contains("not a document or layer") == true)
        #expect(try reason { $0.members[1].sha256 = $0.members[0].sha256 }?.contains("is not its digest") == true)
        #expect(try reason { $0.members[1].path = $0.members[1].path.uppercased() } != nil)
        #expect(try reason { $0.members[1].mode = 0o755 }?.contains("not a document or layer") == true)
        let twice = try reason {
            $0.members.append($0.members[2])
            $0.parts?[2].members = 2
        }
        #expect(twice?.contains("listed twice") == true)
        let layer = try reason {
            let digest = try #require($0.members[0].sha256)
            $0.members[0].path = ImageMember.layer(digest).path
        }
        #expect(layer?.contains("a layer among the documents") == true)
    }

    @Test func sizesThatWouldFillTheMemoryAreRefused() throws {
        #expect(try reason { $0.members[0].size = 5 << 20 }?.contains("at most 4194304 are read") == true)
        #expect(try reason { $0.members[1].size = 65 << 30 }?.contains("are read") == true)
        #expect(try reason { $0.members[1].size = .max }?.contains("are read") == true)
        #expect(try reason { $0.members[1].size = 1 << 20 }?.contains("in a tar of") == true)
    }

    @Test func onlyImagesHavePartsAndOnlyOnePackHasImages() throws {
        #expect(try reason { $0.content = .files }?.contains("parts, and no images") == true)
        let sample = try SampleBundle(layers: [VerifyTests.noise(200)])
        defer { sample.remove() }
        var raw = try RawBundle(sample)
        raw.index.packs[0] = raw.index.packs[1]
        raw.index.packs[0].name = "more"
        try raw.write(to: sample.file, key: sample.key)
        #expect(try RawBundle.reason(sample.file) == "two packs of images")
    }
}

import Archive
import BundleModel
import Payload
import Signing
import SystemPackage
import Testing

/// What an index may say that a delta leaves out.
struct OmissionTests {
    private static let left = Pack.Member(
        path: "usr/local/bin/another", mode: 0o755, size: 5, sha256: SHA256Hasher.hash([1]))

    @Test func aDeltaOpensWithItsBaseAndWhatItLeavesOut() throws {
        let sample = try SampleBundle()
        defer { sample.remove() }
        var raw = try RawBundle(sample)
        raw.index.base = Base(raw.index, digest: SHA256Hasher.hash([2]))
        raw.index.packs[0].omitted = [Self.left]
        try raw.write(to: sample.file, key: sample.key)
        let bundle = try BundleFile.open(sample.file)
        #expect(bundle.index.base?.text.contains("sequence 1700000000 of 'kubernetes'") == true)
        #expect(bundle.index.base?.index == SHA256Hasher.hash([2]))
        #expect(bundle.index.packs[0].allMembers.map(\.path).last == "usr/local/bin/another")
        #expect(bundle.index.packs[0].whole.members == 2)
    }

    @Test func aWholeBundleLeavesNothingOut() throws {
        let found = try reason { $0.index.packs[0].omitted = [Self.left] }
        #expect(found == "pack node: members are omitted, and no base has them")
    }

    @Test func whatIsLeftOutIsListedOnceAndIsNowhereElse() throws {
        let twice = try delta { $0.packs[0].omitted = [Self.left, Self.left] }
        #expect(twice == "pack node: member 'usr/local/bin/another': listed twice")
        let both = try delta { index in
            var member = Self.left
            member.path = "usr/local/bin/tool"
            index.packs[0].omitted = [member]
        }
        #expect(both == "pack node: member 'usr/local/bin/tool': listed twice")
        let below = try delta { index in
            var member = Self.left
            member.path = "usr/local/bin/tool/below"
            index.packs[0].omitted = [member]
        }
        #expect(below == "pack node: member 'usr/local/bin/tool/below': lies below a file or a link")
    }

    @Test func nothingButFilesOfGoodNamesIsLeftOut() throws {
        let none = try delta { $0.packs[0].omitted = [] }
        #expect(none == "pack node: what is omitted are no files")
        let folder = try delta {
            $0.packs[0].omitted = [Pack.Member(path: "usr/local/lib", kind: .directory, mode: 0o755)]
        }
        #expect(folder == "pack node: what is omitted are no files")
        let outside = try delta { index in
            var member = Self.left
            member.path = "../etc/passwd"
            index.packs[0].omitted = [member]
        }
        #expect(outside?.contains("has a '..' component") == true)
        let large = try delta { index in
            var member = Self.left
            member.size = 1 << 50
            index.packs[0].omitted = [member]
        }
        #expect(large == "pack node: a size that cannot be")
        let list = try delta { index in
            index.packs[0].content = .packages
            index.packs[0].omitted = [Self.left]
        }
        #expect(list == "pack node: what is omitted are no packages")
    }

    @Test func ofImagesOnlyLayersUnderTheirDigestsAreLeftOut() throws {
        let layer = [UInt8](repeating: 7, count: 2000)
        func found(_ member: Pack.Member) throws -> String? {
            try delta(layers: [layer]) { $0.packs[1].omitted = [member] }
        }
        let digest = SHA256Hasher.hash([3])
        func member(_ path: String, _ sha256: SHA256Digest) -> Pack.Member {
            Pack.Member(path: path, mode: 0o644, size: 9, sha256: sha256)
        }
        #expect(try found(member(ImageMember.layer(digest).path, digest)) == nil)
        #expect(try found(member(ImageMember.blob(digest).path, digest)) == nil)
        #expect(try found(Self.left)?.hasSuffix("not a document or layer of an image") == true)
        let other = member(ImageMember.layer(digest).path, SHA256Hasher.hash([4]))
        #expect(try found(other)?.hasSuffix("its name is not its digest") == true)
        let there = SHA256Hasher.hash(layer)
        #expect(try found(member(ImageMember.layer(there).path, there))?.hasSuffix("listed twice") == true)
    }

    /// The reason for which a delta is refused; nil when it opens.
    private func delta(layers: [[UInt8]]? = nil, _ change: (inout BundleIndex) throws -> Void) throws -> String? {
        try reason(layers: layers) { raw in
            raw.index.base = Base(raw.index, digest: SHA256Hasher.hash([2]))
            try change(&raw.index)
        }
    }

    private func reason(layers: [[UInt8]]? = nil, _ change: (inout RawBundle) throws -> Void) throws -> String? {
        let sample = try SampleBundle(layers: layers)
        defer { sample.remove() }
        var raw = try RawBundle(sample)
        try change(&raw)
        try raw.write(to: sample.file, key: sample.key)
        return try RawBundle.reason(sample.file)
    }
}

import BundleModel
import FoundationEssentials
import Testing

struct ImageMemberTests {
    private let hex = String(repeating: "ab", count: 32)

    @Test func aPathTellsKindAndDigestAndBack() throws {
        let digest = try SHA256Digest(hex: hex)
        for (path, member) in [
            ("blobs/sha256/\(hex)", ImageMember.blob(digest)), ("layers/sha256/\(hex)", .layer(digest)),
        ] {
            #expect(ImageMember(path: path) == member)
            #expect(member.path == path && member.digest == digest)
        }
    }

    @Test func anotherPathIsNone() {
        for path in [
            "", "blobs", "index.json", "blobs/sha256/", "blobs/sha256/\(hex)0", "blobs/sha256/\(hex.dropLast())",
            "blobs/sha256/\(hex.uppercased())", "blobs/sha512/\(hex)", "/blobs/sha256/\(hex)",
            "layers/sha256/\(hex)/", "layers/sha256/../sha256/\(hex)",
        ] { #expect(ImageMember(path: path) == nil, "\(path)") }
    }

    @Test func aPackWithoutPartsIsReadWholeByAll() throws {
        let pack = try #require(try SampleIndex.make().packs.first)
        for role in NodeRole.allCases { #expect(pack.prefix(for: role) == pack.whole) }
        #expect(pack.whole.isWhole && pack.whole.members == 2 && pack.chunkCount(of: pack.whole) == 1)
    }

    @Test func aRoleReadsUpToTheLastPartThatNamesIt() throws {
        var pack = try #require(try SampleIndex.make().packs.last)
        #expect(pack.prefix(for: .master) == pack.whole)
        let worker = pack.prefix(for: .worker)
        #expect(worker == Pack.Prefix(members: 1, uncompressedSize: 1024, size: 3, isWhole: false))
        #expect(pack.members(in: worker).map(\.path) == [pack.members[0].path])
        pack.chunkSize = 2
        #expect(pack.chunkCount(of: worker) == 2 && pack.chunkCount(of: pack.whole) == 3)
        pack.parts?[0].roles = [.master]
        #expect(pack.prefix(for: .worker).members == 0 && pack.chunkCount(of: pack.prefix(for: .worker)) == 0)
    }

    @Test func anImageOfNothingHasNoLayersHoweverItIsWritten() throws {
        let config = #"{"mediaType":"a","digest":"sha256:\#(hex)","size":2}"#
        for layers in [#","layers":[]"#, #","layers":null"#, ""] {
            let text = Data(#"{"schemaVersion":2,"config":\#(config)\#(layers)}"#.utf8)
            #expect(try CanonicalJSON.decode(OCIManifest.self, from: text).layers == [])
        }
        for diffIDs in [#","diff_ids":[]"#, #","diff_ids":null"#, ""] {
            let text = Data(#"{"os":"linux","architecture":"amd64","rootfs":{"type":"layers"\#(diffIDs)}}"#.utf8)
            #expect(try CanonicalJSON.decode(OCIImageConfig.self, from: text).rootfs.diffIDs == [])
        }
    }
}

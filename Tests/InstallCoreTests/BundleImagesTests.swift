import BundleModel
import Signing
import TestSupport
import Testing

@testable import InstallCore

struct BundleImagesTests {
    private func pack(_ name: String, _ content: Pack.Content, continues: String? = nil) -> Pack {
        let digest = SHA256Hasher.hash(name.utf8)
        return Pack(
            name: name, content: content, selector: .init(), compression: Compression(), size: 1, uncompressedSize: 1,
            chunkSize: 1, chunks: [digest], digest: digest, members: [], continues: continues)
    }

    /// Its stream is decoded from the other one's start: damage there is to be found before anything is changed.
    @Test(arguments: [(nil, ["images"]), ("node", ["node", "images"])])
    func whatAPackOfImagesContinuesIsReadWithIt(_ continued: String?, _ read: [String]) throws {
        var index = try Fixture.index()
        index.packs = [pack("other", .files), pack("node", .files), pack("images", .images, continues: continued)]
        let images = BundleImages(EmptyBundle(index: index), role: .worker)
        #expect(images.packsRead.map(\.name) == read)
        #expect(images.packs.map(\.name) == ["images"])
    }

    /// A tag may be that of an image that masters alone load.
    @Test func anImageHasTheSameNamesOnAllNodes() throws {
        var index = try Fixture.index()
        var plain = try #require(index.lock.images.first)
        plain.roles = [.master]
        var pinned = plain
        pinned.roles = []
        pinned.digest = SHA256Hasher.hash("another".utf8)
        pinned.reference = try ImageReference("\(plain.reference)@\(pinned.digest)")
        index.lock.images = [plain, pinned]
        for role in NodeRole.allCases {
            let names = BundleImages(EmptyBundle(index: index), role: role).claims.names(of: pinned)
            #expect(names.tag == nil, "\(role)")
        }
    }
}

import Archive
import BundleModel
import Testing

/// A pack's list in the index is judged as a whole, before the pack is opened.
struct PackListingTests {
    @Test func aListAsTheWriterMakesItIsFine() throws {
        let summary = try PackFolder().write([
            .directory(path: "usr", mode: 0o755), .bytes(path: "usr/a", mode: 0o755, content: [1]),
            .bytes(path: "usr-b", mode: 0o644, content: []), .symlink(path: "usr/c", target: "a"),
        ])
        #expect(PackListing.problem(summary.members) == nil)
    }

    @Test func aListIsSortedAndUnique() {
        let one = PackFolder.file("a", [1])
        let two = PackFolder.file("b", [2])
        #expect(PackListing.problem([one, one])?.reason == "listed twice")
        #expect(PackListing.problem([two, one])?.reason == "out of order")
        // Unicode calls these the same, a file system does not.
        #expect(PackListing.problem([PackFolder.file("e\u{301}", []), PackFolder.file("\u{e9}", [])]) == nil)
    }

    @Test(arguments: ["b", "a", "a/b"])
    func nothingLiesBelowAFileOrALink(_ leaf: String) {
        let below = PackFolder.file("\(leaf)/x/y", [])
        let link = Pack.Member(path: leaf, kind: .symlink, mode: 0o777, target: "x")
        #expect(PackListing.problem([PackFolder.file(leaf, []), below])?.path == below.path)
        #expect(PackListing.problem([link, PackFolder.file("\(leaf)-z", []), below])?.path == below.path)
        let folder = Pack.Member(path: leaf, kind: .directory, mode: 0o755)
        #expect(PackListing.problem([folder, below]) == nil)
    }

    @Test func whatDoesNotFitItsKindIsRefused() {
        var member = PackFolder.file("a", [1])
        member.size = .max
        #expect(PackListing.problem([member]) == nil)
        #expect(PackListing.problem([member, PackFolder.file("b", [1])])?.path == "b")
        member = PackFolder.file("a", [1])
        member.sha256 = nil
        #expect(PackListing.problem([member]) != nil)
        member = PackFolder.file("a", [1])
        member.kind = .directory
        #expect(PackListing.problem([member]) != nil)
        member.sha256 = nil
        #expect(PackListing.problem([member]) != nil)
        member.size = 0
        #expect(PackListing.problem([member]) == nil)
        member.target = "b"
        #expect(PackListing.problem([member]) != nil)
        member.kind = .symlink
        #expect(PackListing.problem([member]) == nil)
        member.target = nil
        #expect(PackListing.problem([member]) != nil)
    }
}

import BundleBuild
import BundleModel
import Host
import SystemPackage
import TestSupport
import Testing

struct ImageListTests {
    @Test func eachLineIsAnImageAndTheRestIsComment() throws {
        let text = "# ours\n\nregistry.example/a:1 # the first\r\n   busybox\n"
        let list = try ImageList(text, path: "images.txt")
        #expect(list.references.map(\.description) == ["registry.example/a:1", "docker.io/library/busybox:latest"])
        #expect(list.mentions.map(\.namedBy) == ["images.txt line 3", "images.txt line 4"])
    }

    @Test(arguments: [
        ("a:1\nb:1 c:1\n", "line 2: expected one image, found 2 words"), ("UPPER/x:1", "line 1: not an image name"),
    ])
    func aLineThatIsNoImageIsNamed(_ text: String, _ words: String) throws {
        let error = try #require(throws: BundleBuildError.self) { try ImageList(text, path: "images.txt") }
        #expect(error.message.contains("images.txt"))
        #expect(error.message.contains(words))
        #expect(error.category == .invalidInput)
    }

    @Test func aRequestTakesTheImagesOfItsListsOnce() throws {
        let scratch = try ScratchFolder()
        let path = scratch.file("images.txt")
        try AtomicFile.write(Array("registry.example/a:1\nregistry.example/b:1\n".utf8), to: path)
        let request = BuildRequest(
            kubernetes: SemanticVersion(1, 20, 2), imageLists: [path.string],
            extraImages: [try ImageReference("registry.example/b:1")])
        let (read, mentions) = try request.readingImageLists()
        #expect(read.extraImages.map(\.description) == ["registry.example/b:1", "registry.example/a:1"])
        #expect(read.imageLists.isEmpty)
        #expect(mentions.map(\.reference.description) == ["registry.example/a:1", "registry.example/b:1"])
    }

    @Test func aListThatIsNotThereIsTheOperatorsMistake() throws {
        let request = BuildRequest(kubernetes: SemanticVersion(1, 20, 2), imageLists: ["/nonexistent/images.txt"])
        let error = try #require(throws: HostError.self) { try request.readingImageLists() }
        #expect(error.category == .invalidInput)
    }
}

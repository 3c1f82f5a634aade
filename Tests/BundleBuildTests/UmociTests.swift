import BundleBuild
import BundleModel
import FoundationEssentials
import Host
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

#if canImport(Glibc)
    import Glibc
#endif

/// umoci, a tool of its own for OCI layouts, on both sides.
@Suite(.enabled(if: access("/usr/bin/umoci", X_OK) == 0 && geteuid() == 0, "needs umoci and root"))
struct UmociTests {
    private static let name = "registry.example/app:1"
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    @discardableResult
    private func umoci(_ arguments: String...) async throws -> String {
        try await SystemProcessRunner().require(Command("umoci", arguments)).standardOutput
    }

    @Test func anImageThatUmociMadeIsTaken() async throws {
        let layout = scratch.file("layout").string
        let file = scratch.file("hello")
        try AtomicFile.write(Array("hello\n".utf8), to: file)
        try await umoci("init", "--layout", layout)
        try await umoci("new", "--image", "\(layout):one")
        try await umoci("config", "--image", "\(layout):one", "--os", "linux", "--architecture", "amd64")
        try await umoci("insert", "--image", "\(layout):one", file.string, "/usr/share/hello")
        try await umoci("insert", "--image", "\(layout):one", "--whiteout", "/usr/share/hello")

        let cache = scratch.file("cache")
        let source = try LocalImageSource(.layout, "\(layout)=\(Self.name)")
        let sources = try await ImageSources.open(
            [source], registry: FolderImages(folder: cache), cache: cache, progress: SilentProgress())
        let image = try await sources.obtain(
            ImageReference(Self.name), pinned: nil, architecture: .amd64, progress: SilentProgress())
        let checked = try ImageCheck().check(image)
        let listed = try await umoci("stat", "--image", "\(layout):one", "--json")
        #expect(checked.layers.count == 2)
        for layer in checked.layers { #expect(listed.contains("\"\(layer.blob)\""), "\(listed)") }
    }

    @Test func umociUnpacksWhatIsExtracted() async throws {
        let made = try await MadeBundle()
        let extracted = scratch.file("extracted")
        let summary = try await BundleExtractor(made.open(), progress: SilentProgress())
            .extract(images: .oci, packages: false, files: false, to: extracted)
        let images = extracted.appending("images")
        // umoci knows tags, and no names of images.
        let index = images.appending("index.json")
        for (number, image) in summary.images.enumerated() {
            let text = try #require(try FileSystem.text(index))
            let tagged = text.replacing("\"\(image.reference)\"", with: "\"image-\(number)\"")
            #expect(tagged != text)
            try AtomicFile.write(Array(tagged.utf8), to: index)
            let root = scratch.file("root-\(number)")
            try await umoci("unpack", "--image", "\(images):image-\(number)", root.string)
            let stated = try await umoci("stat", "--image", "\(images):image-\(number)", "--json")
            #expect(FileSystem.exists(root.appending("rootfs")) && stated.contains("history"))
        }
    }
}

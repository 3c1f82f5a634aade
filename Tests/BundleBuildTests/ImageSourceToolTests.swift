import BundleBuild
import BundleModel
import FoundationEssentials
import Host
import Signing
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

#if canImport(Glibc)
    import Glibc
#endif

/// Archives that skopeo writes are read, and layouts that are made of archives are read by skopeo.
@Suite(.enabled(if: access("/usr/bin/skopeo", X_OK) == 0, "needs skopeo"))
struct ImageSourceToolTests {
    private static let name = "registry.example/app:1"
    private let layers = [
        SampleLayer("one", "1", .gzip), SampleLayer("two", "2", .none), SampleLayer("three", "3", .gzip),
    ]
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func skopeo(_ arguments: String...) async throws -> String {
        try await SystemProcessRunner().require(Command("skopeo", arguments)).standardOutput
    }

    private func layout() async throws -> FilePath {
        let layout = try SampleLayout(scratch.file("layout"))
        try await layout.add(Self.name, layers)
        try AtomicFile.write(
            Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8), to: layout.path.appending("oci-layout"))
        return layout.path
    }

    private func obtain(_ form: LocalImageSource.Form, _ path: String) async throws -> ObtainedImage {
        let cache = scratch.file("cache")
        let sources = try await ImageSources.open(
            [try LocalImageSource(form, path)], registry: FolderImages(folder: cache), cache: cache,
            progress: SilentProgress())
        return try await sources.obtain(
            ImageReference(Self.name), pinned: nil, architecture: .amd64, progress: SilentProgress())
    }

    @Test func anArchiveOfAnyKindHasTheLayersOfTheLayoutThatItWasMadeOf() async throws {
        let layout = try await layout()
        let config = try await skopeo("inspect", "--config", "--raw", "oci:\(layout)")
        for (kind, name) in [("docker-archive", ""), ("docker-archive", ":\(Self.name)"), ("oci-archive", "")] {
            let file = scratch.file("image.tar")
            try FileSystem.remove(file)
            _ = try await skopeo("--insecure-policy", "copy", "oci:\(layout)", "\(kind):\(file)\(name)")
            let image = try await obtain(.archive, name.isEmpty ? "\(file)=\(Self.name)" : file.string)
            let checked = try ImageCheck().check(image)
            #expect(checked.layers.map(\.diffID) == layers.map(\.diffID), "\(kind)\(name)")
            #expect(checked.documents[SHA256Hasher.hash(Array(config.utf8))] != nil, "\(kind)\(name)")
        }
    }

    @Test func whatAnArchiveBecomesIsALayoutThatSkopeoCopies() async throws {
        let archive = ImageSourceArchive(folder: scratch.file("archive"))
        try await archive.write(
            [.init(tags: [Self.name], layers: layers)], to: scratch.file("image.tar"), gzip: true)
        let image = try await obtain(.archive, scratch.file("image.tar").string)
        let images = scratch.file("cache").appending("images")
        let unpacked = try #require(try FileSystem.list(images).first { !$0.hasSuffix(".lock") })
        let copy = scratch.file("copy")
        _ = try await skopeo(
            "--insecure-policy", "copy", "--preserve-digests", "oci:\(images.appending(unpacked))", "oci:\(copy)")
        let digest = try await skopeo("inspect", "--format", "{{.Digest}}", "oci:\(copy)")
        #expect(digest.trimmingPrefix { $0 == " " }.prefix(71) == image.target.digest.description)
    }
}

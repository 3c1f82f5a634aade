import BundleBuild
import BundleModel
import Host
import Signing
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

/// What an image's documents say about its layers is proven before anything is packed.
struct ImageCheckTests {
    private static let name = "registry.example/app:1"
    private let layers = [
        SampleLayer("one", "1", .gzip), SampleLayer("two", "2", .zstd), SampleLayer("three", "3", .none),
        SampleLayer("one", "1", .gzip),
    ]
    private let scratch: ScratchFolder
    private let layout: SampleLayout

    init() throws {
        scratch = try ScratchFolder()
        layout = try SampleLayout(scratch.path.appending("layout"))
    }

    private func obtain() async throws -> ObtainedImage {
        try await FolderImages(folder: layout.path).obtain(
            ImageReference(Self.name), pinned: nil, architecture: .amd64, progress: SilentProgress())
    }

    private func reason(_ image: ObtainedImage) -> String? {
        do {
            _ = try ImageCheck().check(image)
            return nil
        } catch BundleBuildError.badImage(Self.name, let reason) {
            return reason
        } catch {
            Issue.record("\(error)")
            return nil
        }
    }

    @Test(arguments: [(false, false), (true, false), (false, true), (true, true)])
    func everyKindOfLayerIsFoundByItsDiffID(_ docker: Bool, _ isIndexed: Bool) async throws {
        try await layout.add(Self.name, layers, docker: docker, isIndexed: isIndexed)
        let checked = try ImageCheck().check(try await obtain())
        #expect(checked.layers.map(\.diffID) == layers.map(\.diffID))
        #expect(checked.layers.map(\.size) == layers.map { UInt64($0.tar.count) })
        #expect(checked.documents.count == (isIndexed ? 3 : 2))
    }

    @Test func anImageWithoutLayersIsFine() async throws {
        try await layout.add(Self.name, [])
        #expect(try ImageCheck().check(try await obtain()).layers.isEmpty)
    }

    @Test func aLayerOfAnotherDiffIDIsNamed() async throws {
        try await layout.add(Self.name, layers) { $1.rootfs.diffIDs.swapAt(0, 1) }
        let reason = reason(try await obtain())
        #expect(reason?.hasPrefix("layer 1 of 4, sha256:") == true)
        #expect(reason?.hasSuffix("unpacks to \(layers[0].diffID), its config says \(layers[1].diffID)") == true)
    }

    @Test(arguments: OCIMediaType.LayerCompression.allCases)
    func everyFormIsComparedWithItsDiffID(_ form: OCIMediaType.LayerCompression) async throws {
        let layer = SampleLayer("one", "1", form)
        try await layout.add(Self.name, [layer]) { $1.rootfs.diffIDs = [layers[1].diffID] }
        let expected = "unpacks to \(layer.diffID), its config says \(layers[1].diffID)"
        #expect(reason(try await obtain())?.hasSuffix(expected) == true)
    }

    /// By the right digests: it was published like that.
    @Test(arguments: [
        ("gzip -nc | head -c 40", "cannot be unpacked"), ("zstd -qc | head -c 40", "cannot be unpacked"),
        ("(gzip -nc; echo more)", "5 bytes after the end of the compressed stream"),
    ])
    func aDamagedBlobThatWasPublishedLikeThatIsRefused(_ pipe: String, _ words: String) async throws {
        var layer = layers[0]
        layer.pipe = pipe
        try await layout.add(Self.name, [layer])
        let reason = reason(try await obtain())
        #expect(reason?.contains(words) == true, "\(reason ?? "none")")
    }

    @Test func gzipOfSeveralMembersIsOneLayer() async throws {
        var layer = SampleLayer("one", SampleLayer.noise(3000), .gzip)
        layer.pipe = "(dd bs=1000 count=1 status=none | gzip -n; gzip -n </dev/null; gzip -n)"
        try await layout.add(Self.name, [layer])
        #expect(try ImageCheck().check(try await obtain()).layers.map(\.diffID) == [layer.diffID])
    }

    @Test(arguments: OCIMediaType.LayerCompression.allCases)
    func aLayerThatContainerdHasToUnpackIsFineAndNoted(_ form: OCIMediaType.LayerCompression) async throws {
        let odd = SampleLayer(type: "S", form)
        try await layout.add(Self.name, [layers[0], odd])
        let checked = try ImageCheck().check(try await obtain())
        #expect(checked.layers.map(\.diffID) == [layers[0].diffID, odd.diffID])
        #expect(checked.layers.map { $0.notDirect != nil } == [false, true])
        #expect(checked.layers[1].notDirect?.contains("a sparse file") == true)
    }

    @Test func aLayerThatContainerdRefusesIsRefusedHere() async throws {
        try await layout.add(Self.name, [layers[0], .cut(.gzip)])
        let reason = reason(try await obtain())
        #expect(reason?.hasPrefix("layer 2 of 2, sha256:") == true, "\(reason ?? "none")")
        #expect(reason?.contains("containerd refuses: the tar ends within a header") == true)
    }

    @Test func asManyLayersAsDiffIDsAreNeeded() async throws {
        try await layout.add(Self.name, layers) { $1.rootfs.diffIDs.removeLast() }
        #expect(reason(try await obtain()) == "4 layers, and 3 in its config")
    }

    @Test func aBlobThatChangedOnTheDiskIsNamed() async throws {
        try await layout.add(Self.name, [SampleLayer("one", "1", .none)])
        let image = try await obtain()
        let place = layout.place(of: layers[0].diffID)
        try AtomicFile.write(SampleLayer("one", "other", .none).tar, to: place)
        #expect(reason(image)?.contains("has the content sha256:") == true)
        try AtomicFile.write([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3] + [UInt8](repeating: 0xff, count: 20), to: place)
        #expect(reason(image)?.contains("cannot be unpacked") == true)
    }

    @Test func aSizeThatIsNotTheBlobsIsRefused() async throws {
        try await layout.add(Self.name, layers) { manifest, _ in manifest.layers[1].size += 1 }
        #expect(reason(try await obtain())?.contains("its manifest says") == true)
    }

    /// As oras and helm push them.
    @Test(arguments: [
        ("application/vnd.oci.empty.v1+json", "{}"),
        ("application/vnd.cncf.helm.config.v1+json", #"{"name":"hello","version":"0.1.0","apiVersion":"v2"}"#),
    ])
    func anArtifactIsSaidToBeOne(_ type: String, _ config: String) async throws {
        try await layout.add(Self.name, []) { manifest, _ in
            manifest.config.mediaType = OCIMediaType(rawValue: type)
        }
        var image = try await obtain()
        let found = try #require(image.blobs.first { $0.digest != image.target.digest })
        let text = Array(config.utf8)
        let digest = SHA256Hasher.hash(text)
        let top = try #require(image.blobs.first { $0.digest == image.target.digest })
        guard case .file(let path) = top.content else {
            Issue.record("the manifest is no file")
            return
        }
        let manifest = try #require(try FileSystem.text(path)).replacing("\(found.digest)", with: "\(digest)")
        let target = SHA256Hasher.hash(Array(manifest.utf8))
        image.target = OCIDescriptor(mediaType: .manifest, digest: target, size: UInt64(manifest.utf8.count))
        image.manifest = target
        image.blobs = [
            .init(digest: target, size: UInt64(manifest.utf8.count), content: .bytes(Array(manifest.utf8))),
            .init(digest: digest, size: UInt64(text.count), content: .bytes(text)),
        ]
        #expect(reason(image) == "an artifact with a '\(type)', which no node can run")
    }

    @Test func aLayerThatIsNoLayerIsRefused() async throws {
        try await layout.add(Self.name, layers) { manifest, _ in manifest.layers[0].mediaType = .config }
        #expect(reason(try await obtain())?.contains("no layer") == true)
    }

    @Test(arguments: ["application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", nil])
    func aLayerThatMayNotBePassedOnIsRefusedBeforeItIsFetched(_ type: String?) async throws {
        var layer = layers[0]
        layer.mediaType = type.map(OCIMediaType.init)
        layer.urls = type == nil ? ["https://upstream.example/layer"] : nil
        try await layout.add(Self.name, [layer])
        let error = await #expect(throws: BundleBuildError.self) { _ = try await obtain() }
        #expect(error?.message.contains("is not distributable") == true)
        #expect(error?.category == .upstreamMismatch)
    }
}

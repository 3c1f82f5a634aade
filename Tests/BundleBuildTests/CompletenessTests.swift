import Archive
import BundleModel
import FoundationEssentials
import Signing
import SystemPackage
import Testing

@testable import BundleBuild

struct CompletenessTests {
    private static let pause = "registry.example/pause:1"

    private func release(sandbox: String = CompletenessTests.pause) throws -> Release {
        Release(
            kubernetes: SemanticVersion(1, 28, 0), containerd: SemanticVersion(1, 6, 20),
            runc: SemanticVersion(1, 1, 5), cniPlugins: SemanticVersion(1, 1, 1), crictl: SemanticVersion(1, 28, 0),
            kubeadmAPI: .v1beta3, imageRepository: "registry.example",
            controlPlaneImages: [try ImageReference(Self.pause)], sandboxImage: try ImageReference(sandbox),
            cni: CNI(kind: .bridge))
    }

    private func mention(_ name: String, by who: String) throws -> ImageMention {
        ImageMention(try ImageReference(name), namedBy: who)
    }

    /// An image with a layer, its documents and its entry in the lock.
    private func image(_ name: String) throws -> (entry: LockedImage, content: CheckedImage) {
        let layer = Array("layer of \(name)".utf8)
        let blob = SHA256Hasher.hash(layer)
        let config = Array("{}".utf8)
        let manifest = Array(
            try CanonicalJSON.encode(
                OCIManifest(
                    config: OCIDescriptor(mediaType: .config, digest: SHA256Hasher.hash(config), size: 2),
                    layers: [OCIDescriptor(mediaType: .layer(.none), digest: blob, size: UInt64(layer.count))])))
        let digest = SHA256Hasher.hash(manifest)
        let entry = LockedImage(
            reference: try ImageReference(name), digest: digest, mediaType: .manifest, manifest: digest, size: 1,
            roles: NodeRole.allCases, source: "registry.example")
        let content = CheckedImage(
            documents: [digest: manifest, SHA256Hasher.hash(config): config],
            layers: [
                CheckedImage.Layer(
                    file: LayerFile(FilePath("layer")), blob: blob, diffID: blob, size: UInt64(layer.count))
            ])
        return (entry, content)
    }

    @Test func everythingNamedThatIsThereIsComplete() throws {
        let pause = try image(Self.pause)
        let app = try image("registry.example/app:1")
        let mentions = try [
            mention(Self.pause, by: "kubeadm"), mention("registry.example/app:1", by: "chart app"),
            mention("registry.example/app@\(app.entry.digest)", by: "manifest app.yaml"),
            mention("registry.example/app:other@\(app.entry.digest)", by: "manifest app.yaml"),
        ]
        try Completeness(mentions: mentions, release: try release()).prove([pause, app])
    }

    /// On a node such a tag names neither of them.
    @Test func aTagThatOnlyPinnedReferencesShareNamesNoImage() throws {
        let pause = try image(Self.pause)
        let pinned = try ["one", "another"].map { text in
            var (entry, _) = try image("registry.example/app:1")
            entry.digest = SHA256Hasher.hash(text.utf8)
            entry.reference = try ImageReference("registry.example/app:1@\(entry.digest)")
            return entry
        }
        let mentions =
            try [mention("registry.example/app:1", by: "chart app")]
            + pinned.map { ImageMention($0.reference, namedBy: "chart \($0.digest)") }
        let completeness = Completeness(mentions: mentions, release: try release())
        #expect(completeness.unresolved(in: [pause.entry] + pinned) == ["registry.example/app:1 (named by chart app)"])
        #expect(completeness.unresolved(in: [pause.entry, pinned[0]]).count == 1)
    }

    @Test func everyImageThatIsMissingIsNamedWithWhoNamesIt() throws {
        let pause = try image(Self.pause)
        let digest = SHA256Hasher.hash(Array("another".utf8))
        let mentions = try [
            mention("registry.example/b:1", by: "images.txt line 2"), mention("registry.example/a:1", by: "chart a"),
            mention("registry.example/a:1", by: "add-on a"), mention("registry.example/pause@\(digest)", by: "me"),
        ]
        let error = try #require(throws: BundleBuildError.self) {
            try Completeness(mentions: mentions, release: try release()).prove([pause])
        }
        #expect(
            error
                == .incomplete([
                    "registry.example/a:1 (named by add-on a, chart a)",
                    "registry.example/b:1 (named by images.txt line 2)",
                    "registry.example/pause@\(digest) (named by me)",
                ]))
        #expect(error.category == .missingArtifact)
    }

    @Test func theReasonOfTheSourceIsTold() throws {
        let app = try ImageReference("registry.example/app:1")
        let completeness = Completeness(mentions: [ImageMention(app, namedBy: "chart app")], release: try release())
        let lines = completeness.unresolved(in: [try image(Self.pause).entry], reasons: [app: "it is gone"])
        #expect(lines == ["registry.example/app:1 (named by chart app): it is gone"])
    }

    @Test func theSandboxImageIsOneOfKubeadms() throws {
        let other = try image("registry.example/pause:2")
        let lines = Completeness(mentions: [], release: try release(sandbox: "registry.example/pause:2"))
            .unresolved(in: [try image(Self.pause).entry, other.entry])
        #expect(lines.count == 1)
        #expect(lines.first?.contains("registry.example/pause:2 (containerd's sandbox)") == true)
    }

    @Test func aPartThatIsNotThereOrNotItselfIsNamed() throws {
        let (entry, whole) = try image("registry.example/app:1")
        #expect(Completeness.missing(of: entry, in: whole) == [])
        var content = whole
        content.layers = []
        #expect(Completeness.missing(of: entry, in: content).first?.contains("its layer sha256:") == true)
        content = whole
        let config = SHA256Hasher.hash(Array("{}".utf8))
        content.documents[config] = Array("{ }".utf8)
        #expect(Completeness.missing(of: entry, in: content) == ["registry.example/app:1: its config \(config)"])
        content = whole
        content.documents[entry.manifest] = nil
        #expect(
            Completeness.missing(of: entry, in: content)
                == ["registry.example/app:1: its index or manifest \(entry.manifest)"])
    }

    @Test func anIndexHasToListTheManifest() throws {
        let (single, content) = try image("registry.example/app:1")
        let index = Array(
            try CanonicalJSON.encode(
                OCIIndex(manifests: [OCIDescriptor(mediaType: .manifest, digest: single.manifest, size: 1)])))
        let empty = Array(try CanonicalJSON.encode(OCIIndex(manifests: [])))
        for (document, isListed) in [(index, true), (empty, false)] {
            var entry = single
            entry.digest = SHA256Hasher.hash(document)
            entry.mediaType = .index
            var indexed = content
            indexed.documents[entry.digest] = document
            #expect(Completeness.missing(of: entry, in: indexed).isEmpty == isListed)
        }
    }
}

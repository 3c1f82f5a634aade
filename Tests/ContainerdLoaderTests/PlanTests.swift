import Archive
import BundleModel
import Signing
import Synchronization
import Testing

@testable import Containerd

struct PlanTests {
    private func plan(_ image: TestImage) throws -> ImagePlan {
        try plan(image.image, image.documents)
    }

    private func plan(_ image: ImageToLoad, _ known: [SHA256Digest: [UInt8]]) throws -> ImagePlan {
        let outcome = try ImagePlan.make(image, snapshotter: "overlayfs", known)
        guard case .plan(let plan) = outcome else { throw ContainerdError.missingFromPacks([]) }
        return plan
    }

    @Test func aChainIsTheDigestOfTheOneBelowAndTheLayer() throws {
        let a = SHA256Hasher.hash("a".utf8)
        let b = SHA256Hasher.hash("b".utf8)
        #expect(ChainID.of(a, on: nil) == a)
        #expect(ChainID.of(b, on: a) == SHA256Hasher.hash("sha256:\(a.hex) sha256:\(b.hex)".utf8))
    }

    @Test func documentsComeBeforeWhatNamesThem() throws {
        let image = try TestImage("registry.test/first:1", [LoadTests.base, LoadTests.first])
        let plan = try plan(image)
        #expect(plan.documents.map(\.blob.digest).suffix(2) == [image.image.manifest, image.image.digest])
        #expect(
            plan.documents.map(\.labels) == [
                ["containerd.io/gc.ref.snapshot.overlayfs": image.chains[1].description],
                ["containerd.io/gc.ref.content.config": plan.documents[0].blob.digest.description],
                ["containerd.io/gc.ref.content.m.0": image.image.manifest.description],
            ])
        #expect(plan.target.mediaType == .index && plan.target.digest == image.image.digest)
    }

    /// Documents that do not say what they are, Docker's names, and a blob that containerd does not unpack.
    @Test func whatABlobIsStaysAsItIsPublished() throws {
        let types = [
            "application/vnd.docker.image.rootfs.diff.tar.gzip", "application/vnd.in-toto+json",
            "application/vnd.oci.image.layer.v1.tar+xz",
        ].map { OCIMediaType(rawValue: $0) }
        let layers = types.map { TestImage.descriptor($0, Array($0.rawValue.utf8)) }.joined(separator: ",")
        let diffIDs = [LoadTests.base.digest, LoadTests.first.digest]
        let ids = diffIDs.map { #""\#($0)""# }.joined(separator: ",")
        let rootfs = #"{"type":"layers","diff_ids":[\#(ids)]}"#
        let config = Array(#"{"architecture":"amd64","os":"linux","rootfs":\#(rootfs)}"#.utf8)
        let head = TestImage.descriptor(.dockerConfig, config)
        let manifest = Array(#"{"schemaVersion":2,"config":\#(head),"layers":[\#(layers)]}"#.utf8)
        let digest = SHA256Hasher.hash(manifest)
        let known = [digest: manifest, SHA256Hasher.hash(config): config]
        var image = ImageToLoad(
            reference: try ImageReference("registry.test/typed:1"), digest: digest, manifest: digest, keepsBlobs: true,
            names: ["registry.test/typed:1"])
        let plan = try plan(image, known)
        #expect(
            plan.documents.map(\.blob.mediaType) == [.dockerConfig, .manifest] && plan.target.mediaType == .manifest)
        #expect(plan.keptBlobs.map(\.mediaType) == types)
        #expect(plan.layers.map(\.blob.mediaType) == [types[0], types[2]])
        let digests = plan.keptBlobs.map(\.digest.description)
        #expect(
            plan.documents[1].labels == [
                "containerd.io/gc.ref.content.config": SHA256Hasher.hash(config).description,
                "containerd.io/gc.ref.content.l.0": digests[0], "containerd.io/gc.ref.content.0": digests[1],
                "containerd.io/gc.ref.content.l.1": digests[2],
            ])
        // What the name was resolved to counts more than the document's own word.
        image.mediaType = .dockerManifest
        let resolved = try self.plan(image, known)
        #expect(resolved.target.mediaType == .dockerManifest && resolved.documents[1].blob.mediaType == .manifest)
    }

    @Test func aConfigWithAnotherNumberOfLayersIsRefused() throws {
        let image = try TestImage(
            "registry.test/first:1", [LoadTests.base, LoadTests.first], diffIDs: [LoadTests.base.digest])
        #expect(throws: ContainerdError.self) { try plan(image) }
    }

    @Test func anIndexThatListsAnotherManifestIsRefused() throws {
        let image = try TestImage("registry.test/first:1", [LoadTests.base])
        let other = try TestImage("registry.test/other:1", [LoadTests.base])
        var wanted = image.image
        wanted.manifest = other.image.manifest
        let known = image.documents.merging(other.documents) { first, _ in first }
        #expect(throws: ContainerdError.self) {
            try ImagePlan.make(wanted, snapshotter: "overlayfs", known)
        }
    }

    /// What a loader takes from the packs that wants no layer.
    private func plans(_ images: [TestImage], _ packs: [TestPack]) async throws -> [ImagePlan] {
        let wanted = images.map(\.image)
        return try await PackFeed.reading(packs, plansOf: wanted, snapshotter: "overlayfs") { feed in
            let plans = try await feed.plans()
            feed.want([])
            guard case .end = try await feed.next() else { throw ContainerdError.missingFromPacks(["the end"]) }
            return plans
        }
    }

    @Test func documentsAreFoundInAnyPackAndReadingEndsWithTheLastOfThem() async throws {
        let images = try LoadTests.images()
        let packs = images.map { TestPack([$0]) }
        let plans = try await plans(images, packs)
        #expect(plans.map(\.image) == images.map(\.image))
        let layers = packs.map { pack in pack.begun.withLock { $0.filter { $0.hasPrefix("layers/") }.count } }
        #expect(layers == [1, 0])
    }

    @Test func aDocumentThatNoPackHasIsNamed() async throws {
        let images = try LoadTests.images()
        let pack = TestPack([images[0]])
        await #expect(throws: ContainerdError.self) { try await plans(images, [pack]) }
    }

    /// The first reading passes over the layers of the first pack, since it has not seen all documents by then.
    @Test func layersThatStandBeforeADocumentAreReadOnceMore() async throws {
        let images = try LoadTests.images()
        let packs = images.map { TestPack([$0]) }
        let wanted = images.map(\.image)
        let taken = try await PackFeed.reading(packs, plansOf: wanted, snapshotter: "overlayfs") { feed in
            let plan = try LoadPlan(
                try await feed.plans(), members: packs.flatMap(\.members), chains: [], blobs: [])
            feed.want(Set(plan.wanted.keys))
            var taken: Set<String> = []
            while case .member(let member) = try await feed.next() {
                taken.insert(member.path)
                try await MemberBytes(feed, member) { _ in }.drain()
            }
            #expect(taken == Set(plan.wanted.keys))
            return taken
        }
        #expect(taken.count == 3)
    }

    @Test func aDocumentUnderAnotherDigestIsRefused() async throws {
        let images = try LoadTests.images()
        let path = "blobs/sha256/\(images[0].image.manifest.hex)"
        let pack = TestPack(images, replacing: [path: Array("{}".utf8)])
        await #expect(throws: ArchiveError.self) { try await plans(images, [pack]) }
    }

    @Test func aLayerThatNoPackListsIsKnownBeforeAnythingIsRead() throws {
        let image = try TestImage("registry.test/first:1", [LoadTests.base, LoadTests.first])
        let path = "layers/sha256/\(LoadTests.first.digest.hex)"
        let pack = TestPack([image], replacing: [path: []])
        #expect(throws: ContainerdError.missingFromPacks([path])) {
            try LoadPlan([try plan(image)], members: pack.members, chains: [], blobs: [])
        }
    }

    @Test func aSharedLayerIsWantedOnce() throws {
        let images = try LoadTests.images()
        let members = TestPack(images).members
        let load = try LoadPlan(try images.map(plan), members: members, chains: [], blobs: [])
        #expect(load.steps.count == 3 && load.wanted.count == 3)
        let rest = try LoadPlan(
            try images.map(plan), members: members, chains: Set(images[0].chains), blobs: [])
        #expect(rest.wanted.keys.sorted() == ["layers/sha256/\(LoadTests.second.digest.hex)"])
    }
}

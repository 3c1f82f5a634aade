import BundleModel
import ContainerdTestSupport
import Host
import SystemPackage
import Testing

@testable import Containerd

/// Which layers of an earlier load are believed, with a real containerd.
@Suite(.serialized, .enabled(if: ContainerdInstance.canRun, ContainerdInstance.skipped))
struct ProofTests {
    /// What is not proven of an image's layers, bottom to top.
    private func gaps(
        _ containerd: ContainerdInstance, _ image: TestImage, keeping blobs: [OCIDescriptor?]? = nil
    ) async throws -> [String?] {
        try await ContainerdClient.connected(to: containerd.socket.string) { client in
            var gaps: [String?] = []
            for (number, layer) in image.layers.enumerated() {
                gaps.append(
                    try await ImageLoader(client).gap(
                        layer.digest, in: image.chains[number], keeping: blobs.flatMap { $0[number] }))
            }
            return gaps
        }
    }

    @Test func whatWasLoadedIsProvenAlsoAfterARestart() async throws {
        try await withContainerd { containerd in
            let images = try LoadTests.images()
            let missing = try await gaps(containerd, images[0])
            #expect(missing == images[0].chains.map { Optional("snapshot \($0) is not there") })
            _ = try await LoadTests.load(containerd, images, [TestPack(images)])
            #expect(try await gaps(containerd, images[0]) == [nil, nil])
            try await containerd.restart(kill: true)
            try await containerd.collectGarbage()
            #expect(try await gaps(containerd, images[0]) == [nil, nil])
        }
    }

    /// The same layers in another order are other snapshots.
    @Test func aLayerIsProvenOnWhatItStandsOnAlone() async throws {
        try await withContainerd { containerd in
            let image = try TestImage("registry.test/a:1", [LoadTests.base, LoadTests.first])
            let other = try TestImage("registry.test/b:1", [LoadTests.first, LoadTests.base])
            _ = try await LoadTests.load(containerd, [image], [TestPack([image])])
            #expect(try await gaps(containerd, other).allSatisfy { $0?.hasSuffix("is not there") == true })
        }
    }

    @Test func aSnapshotBySomebodyElseIsNotBelievedEvenIfALoadTakesIt() async throws {
        try await withContainerd { containerd in
            let image = try LoadTests.images()[0]
            try await ContainerdClient.connected(to: containerd.socket.string) { own in
                // Without a lease containerd collects it, now or a little later.
                try await own.createLease("theirs", labels: [:])
                let client = own.leased("theirs")
                _ = try await client.prepareSnapshot("theirs", parent: nil, "overlayfs")
                let isMade = try await client.commitSnapshot(
                    "theirs", as: image.chains[0], labels: [:], "overlayfs")
                #expect(isMade)
            }
            let before = try await gaps(containerd, image)
            #expect(before[0]?.contains("was not made by node-install") == true)
            let summary = try await LoadTests.load(containerd, [image], [TestPack([image])])
            #expect(summary.layers == 1)
            let after = try await gaps(containerd, image)
            #expect(after[0] == before[0] && after[1] == nil)
        }
    }

    @Test func aPublishedLayerIsThereAsABlobToo() async throws {
        try await withContainerd { containerd in
            let image = try LoadTests.images()[0]
            _ = try await LoadTests.load(containerd, [image], [TestPack([image])])
            let blob = OCIDescriptor(
                mediaType: .layer(.none), digest: LoadTests.base.digest, size: UInt64(LoadTests.base.tar.count))
            let gaps = try await gaps(containerd, image, keeping: [blob, nil])
            #expect(gaps == ["blob \(blob.digest) is not there", nil])
        }
    }
}

import BundleModel
import ContainerdTestSupport
import Host
import Signing
import SwiftProtobuf
import SystemPackage
import Testing

@testable import Containerd

/// What is taken out of containerd before it is loaded anew.
@Suite(.serialized, .enabled(if: ContainerdInstance.canRun, ContainerdInstance.skipped))
struct ForgetTests {
    private static let config = Array(#"{"config":1}"#.utf8)
    private static let manifest = Array(#"{"manifest":1}"#.utf8)
    private static let layer = LoadTests.base.digest
    private static var name: String { SHA256Hasher.hash(config).description }

    /// By what the bundle says of an image: of what CRI makes it has the name alone.
    private func traces() throws -> ImageTraces {
        ImageTraces(
            reference: try ImageReference("registry.test/first:1"), names: ["registry.test/first:1", Self.name],
            targets: [], layers: [Self.layer])
    }

    /// An image that is not of this loader's making: under CRI's name, and held by a lease.
    private func addImported(_ containerd: ContainerdInstance, lease: String, _ labels: [String: String]) async throws {
        try await ContainerdClient.connected(to: containerd.socket.string) { own in
            try await own.createLease(lease, labels: labels)
            let client = own.leased(lease)
            _ = try await client.prepareSnapshot("theirs", parent: nil, "overlayfs")
            #expect(try await client.commitSnapshot("theirs", as: Self.layer, labels: [:], "overlayfs"))
            let (config, manifest) = (SHA256Hasher.hash(Self.config), SHA256Hasher.hash(Self.manifest))
            _ = try await client.writeBlob(
                config, size: UInt64(Self.config.count), reference: "config",
                labels: ["containerd.io/gc.ref.snapshot.overlayfs": Self.layer.description], MemoryBlob(Self.config))
            _ = try await client.writeBlob(
                manifest, size: UInt64(Self.manifest.count), reference: "manifest",
                labels: ["containerd.io/gc.ref.content.config": config.description], MemoryBlob(Self.manifest))
            let target = OCIDescriptor(mediaType: .manifest, digest: manifest, size: UInt64(Self.manifest.count))
            try await client.setImageRecord(
                .with {
                    $0.name = Self.name
                    $0.target = target.message
                })
        }
    }

    private func forget(_ containerd: ContainerdInstance) async throws -> [SHA256Digest] {
        let traces = try traces()
        return try await ContainerdClient.connected(to: containerd.socket.string) {
            try await ImageLoader($0).forget([traces])
        }
    }

    @Test func whatAnImportLeftThatWasCutOffGoesWithItsLease() async throws {
        try await withContainerd { containerd in
            try await addImported(
                containerd, lease: "import", ["containerd.io/gc.expire": "2099-01-01T00:00:00Z"])
            #expect(try await forget(containerd) == [])
            #expect(try await containerd.contents() == [])
        }
    }

    @Test func whatSomebodyElseKeepsIsNamed() async throws {
        try await withContainerd { containerd in
            try await addImported(containerd, lease: "another", [:])
            #expect(try await forget(containerd) == [Self.layer])
        }
    }

    @Test func whatContainersRunFromKeepsItsNames() async throws {
        try await withContainerd { containerd in
            try await addImported(
                containerd, lease: "import", ["containerd.io/gc.expire": "2099-01-01T00:00:00Z"])
            let (socket, layer) = (containerd.socket.string, Self.layer)
            try await ContainerdClient.connected(to: socket) { client in
                _ = try await client.prepareSnapshot("container", parent: layer, "overlayfs")
                _ = try await client.prepareSnapshot("extract-1 x", parent: layer, "overlayfs")
            }
            let before = try await containerd.contents()
            #expect(try await forget(containerd) == [Self.layer])
            #expect(try await containerd.contents() == before)
            try await ContainerdClient.connected(to: socket) { try await $0.removeSnapshot("container", "overlayfs") }
            #expect(try await forget(containerd) == [])
            #expect(try await containerd.contents() == [])
        }
    }

    @Test func whatThisLoaderMadeIsProvenAndNothingElse() async throws {
        try await withContainerd { containerd in
            let images = try LoadTests.images()
            let traces = images.map {
                ImageTraces(
                    reference: $0.image.reference, names: Set($0.image.names), targets: [$0.image.digest],
                    layers: $0.layers.map(\.digest))
            }
            let socket = containerd.socket.string
            func unproven() async throws -> [ImageTraces] {
                try await ContainerdClient.connected(to: socket) { try await ImageLoader($0).unproven(traces) }
            }
            try await addImported(containerd, lease: "another", [:])
            #expect(try await unproven() == traces)
            // The layer that was there is taken as it is.
            _ = try await LoadTests.load(containerd, images, [TestPack(images)])
            #expect(try await unproven() == traces)
            try await ContainerdClient.connected(to: socket) { try await $0.deleteLease("another", collecting: false) }
            #expect(try await forget(containerd) == [Self.layer])
            let kept = try await ContainerdClient.connected(to: socket) { try await ImageLoader($0).forget(traces) }
            #expect(kept == [])
            _ = try await LoadTests.load(containerd, images, [TestPack(images)])
            #expect(try await unproven() == [])
        }
    }
}

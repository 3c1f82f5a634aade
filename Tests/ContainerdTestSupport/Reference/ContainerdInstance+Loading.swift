import BundleModel
import SystemPackage

@testable public import Containerd

/// How our loader brings layers onto snapshots.
public enum LoadingWay: Sendable, CaseIterable {
    /// Writing the files itself.
    case direct
    /// Each layer as a blob, and containerd unpacks it.
    case byContainerd
}

extension ContainerdInstance {
    /// Our loader, with one pack that holds all of the images.
    @discardableResult
    public func load(
        _ images: [BuiltImage], keepsBlobs: Bool = false, _ way: LoadingWay = .direct
    ) async throws -> LoadSummary {
        let wanted = try images.map { try Self.wanted($0, keepsBlobs) }
        return try await ContainerdClient.connected(to: socket.string) { client in
            try await ImageLoader(client, direct: way == .direct ? LayerFiles() : nil)
                .load(wanted, from: [BuiltPack(images, keepsBlobs: keepsBlobs)])
        }
    }

    /// What our loader finds missing. Sentences.
    public func missing(_ images: [BuiltImage]) async throws -> [String] {
        let wanted = try images.map { try Self.wanted($0, false) }
        return try await ContainerdClient.connected(to: socket.string) { client in
            try await ImageLoader(client).missing(wanted).map(\.reason)
        }
    }

    /// Waits until CRI finds images, as a node's installation does.
    public func awaitKubernetes(_ images: [BuiltImage], limit: Duration = ImageLoader.kubernetesLimit) async throws {
        let wanted = try images.map { try Self.wanted($0, false) }
        try await ContainerdClient.connected(to: socket.string) { client in
            try await ImageLoader(client).awaitKubernetes(wanted, limit: limit)
        }
    }

    /// What our loader makes of an image, on a containerd that has none, or how it refuses it.
    public func loaded(
        _ image: BuiltImage, keepsBlobs: Bool = false, _ way: LoadingWay = .direct
    ) async throws -> Reference {
        do {
            try await load([image], keepsBlobs: keepsBlobs, way)
            try await awaitKubernetes([image])
        } catch let error as any Diagnostic {
            // As it is: that a later collection would take it away is no excuse.
            return Reference(outcome: .refused(error.message), state: try await state(), merged: nil, layers: [])
        }
        return try await observe(image)
    }

    private static func wanted(_ image: BuiltImage, _ keepsBlobs: Bool) throws -> ImageToLoad {
        ImageToLoad(
            reference: try ImageReference(image.tagged), digest: image.target.digest, manifest: image.manifest.digest,
            mediaType: OCIMediaType(rawValue: image.target.mediaType), keepsBlobs: keepsBlobs, names: image.references)
    }
}

extension LoadSummary {
    /// Of a load that found everything there.
    public static let nothing = LoadSummary()

    public static func of(images: Int, layers: Int, bytes: UInt64) -> LoadSummary {
        LoadSummary(images: images, layers: layers, bytes: bytes)
    }
}

extension ContainerdInstance {
    /// Puts a committed snapshot under a lease of somebody else, who also writes onto it.
    ///
    /// - Parameter key: of the lease and of the snapshot above.
    public func hold(_ chain: String, as key: String) async throws {
        let chain = try SHA256Digest(chain)
        try await ContainerdClient.connected(to: socket.string) { client in
            try await client.createLease(key, labels: [:])
            _ = try await client.leased(key).prepareSnapshot(key, parent: chain, "overlayfs")
        }
    }

    /// The end of `hold`.
    public func release(_ key: String) async throws {
        try await ContainerdClient.connected(to: socket.string) { client in
            try await client.removeSnapshot(key, "overlayfs")
            try await client.deleteLease(key, collecting: false)
        }
    }
}

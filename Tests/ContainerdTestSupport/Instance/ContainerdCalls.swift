import SwiftProtobuf

@testable import Containerd

/// Calls that only tests need: everything that there is, and its removal.
extension ContainerdClient {
    private static let images = CallMethod<
        Containerd_Services_Images_V1_ListImagesRequest, Containerd_Services_Images_V1_ListImagesResponse
    >("Images", "List")
    private static let removal = CallMethod<Containerd_Services_Images_V1_DeleteImageRequest, Google_Protobuf_Empty>(
        "Images", "Delete", timeout: nil)
    private static let content = CallMethod<
        Containerd_Services_Content_V1_ListContentRequest, Containerd_Services_Content_V1_ListContentResponse
    >("Content", "List")
    private static let chains = CallMethod<
        Containerd_Services_Snapshots_V1_ListSnapshotsRequest, Containerd_Services_Snapshots_V1_ListSnapshotsResponse
    >("Snapshots", "List")

    func imageRecords() async throws -> [ImageRecord] { try await call(Self.images, .init()).images }

    /// - Parameter collecting: waits until garbage has been collected.
    func removeImageRecord(_ name: String, collecting: Bool) async throws {
        let request = Containerd_Services_Images_V1_DeleteImageRequest.with {
            $0.name = name
            $0.sync = collecting
        }
        _ = try await find(Self.removal, request, about: name)
    }

    func allBlobs() async throws -> [Containerd_Services_Content_V1_Info] {
        try await list(Self.content, .init()).flatMap(\.info)
    }

    func allSnapshots() async throws -> [Containerd_Services_Snapshots_V1_Info] {
        try await list(Self.chains, .with { $0.snapshotter = "overlayfs" }).flatMap(\.info)
    }

    func collect() async throws {
        try await createLease("collect", labels: [:])
        try await deleteLease("collect", collecting: true)
    }
}

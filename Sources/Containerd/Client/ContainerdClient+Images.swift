import BundleModel
import SwiftProtobuf

/// An image record: a name, and the document that it stands for.
typealias ImageRecord = Containerd_Services_Images_V1_Image

extension ContainerdClient {
    private static let get = CallMethod<
        Containerd_Services_Images_V1_GetImageRequest, Containerd_Services_Images_V1_GetImageResponse
    >("Images", "Get")
    private static let create = CallMethod<
        Containerd_Services_Images_V1_CreateImageRequest, Containerd_Services_Images_V1_CreateImageResponse
    >("Images", "Create")
    private static let update = CallMethod<
        Containerd_Services_Images_V1_UpdateImageRequest, Containerd_Services_Images_V1_UpdateImageResponse
    >("Images", "Update")

    private static let list = CallMethod<
        Containerd_Services_Images_V1_ListImagesRequest, Containerd_Services_Images_V1_ListImagesResponse
    >("Images", "List")
    private static let delete = CallMethod<Containerd_Services_Images_V1_DeleteImageRequest, Google_Protobuf_Empty>(
        "Images", "Delete")

    func imageRecords() async throws -> [ImageRecord] {
        try await call(Self.list, .init()).images
    }

    /// Takes a name away; one that is not there too. What it stood for goes with the next collection of garbage.
    func deleteImageRecord(_ name: String) async throws {
        _ = try await find(Self.delete, .with { $0.name = name }, about: name)
    }

    func imageRecord(_ name: String) async throws -> ImageRecord? {
        try await find(Self.get, .with { $0.name = name }, about: name)?.image
    }

    /// Makes an image record; one of that name gets the target and the labels, and keeps its other labels.
    func setImageRecord(_ record: ImageRecord) async throws {
        let change = Containerd_Services_Images_V1_UpdateImageRequest.with {
            $0.image = record
            $0.updateMask.paths = ["target"] + record.labels.keys.sorted().map { "labels.\($0)" }
        }
        if try await find(Self.update, change, about: record.name) != nil { return }
        do {
            _ = try await call(Self.create, .with { $0.image = record }, about: record.name)
        } catch ContainerdError.refused(_, .alreadyExists, _) {
            _ = try await call(Self.update, change, about: record.name)
        }
    }
}

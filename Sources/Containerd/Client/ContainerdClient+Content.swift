import BundleModel
import SwiftProtobuf

extension ContainerdClient {
    private static let info = CallMethod<
        Containerd_Services_Content_V1_InfoRequest, Containerd_Services_Content_V1_InfoResponse
    >("Content", "Info")
    private static let update = CallMethod<
        Containerd_Services_Content_V1_UpdateRequest, Containerd_Services_Content_V1_UpdateResponse
    >("Content", "Update")
    private static let delete = CallMethod<Containerd_Services_Content_V1_DeleteContentRequest, Google_Protobuf_Empty>(
        "Content", "Delete")
    private static let abort = CallMethod<Containerd_Services_Content_V1_AbortRequest, Google_Protobuf_Empty>(
        "Content", "Abort")
    private static let read = CallMethod<
        Containerd_Services_Content_V1_ReadContentRequest, Containerd_Services_Content_V1_ReadContentResponse
    >("Content", "Read")
    private static let statuses = CallMethod<
        Containerd_Services_Content_V1_ListStatusesRequest, Containerd_Services_Content_V1_ListStatusesResponse
    >("Content", "ListStatuses")

    /// Labels of a blob; nil where there is no such blob.
    func blobLabels(_ digest: SHA256Digest) async throws -> [String: String]? {
        try await find(Self.info, .with { $0.digest = digest.description }, about: digest.description)?.info.labels
    }

    /// Sets these labels of a blob, and leaves its others.
    func setLabels(_ labels: [String: String], ofBlob digest: SHA256Digest) async throws {
        guard !labels.isEmpty else { return }
        let request = Containerd_Services_Content_V1_UpdateRequest.with {
            $0.info.digest = digest.description
            $0.info.labels = labels
            $0.updateMask.paths = labels.keys.sorted().map { "labels.\($0)" }
        }
        _ = try await call(Self.update, request, about: digest.description)
    }

    /// The bytes of a small blob; nil where there is none, or a larger one.
    func blob(_ digest: SHA256Digest, limit: Int) async throws -> [UInt8]? {
        guard
            let found = try await find(Self.info, .with { $0.digest = digest.description }, about: digest.description),
            found.info.size <= Int64(limit)
        else { return nil }
        do {
            return try await list(Self.read, .with { $0.digest = digest.description }, about: digest.description)
                .reduce(into: []) { $0.append(contentsOf: $1.data) }
        } catch ContainerdError.refused(_, .notFound, _) {
            return nil
        }
    }

    /// Whether a blob is there to its last byte. A power cut may leave a name without a file; a file is whole, since
    /// containerd syncs it before it gets that name.
    func hasFile(_ blob: OCIDescriptor) async throws -> Bool {
        guard try await blobLabels(blob.digest) != nil else { return false }
        guard blob.size > 0 else { return true }
        let request = Containerd_Services_Content_V1_ReadContentRequest.with {
            $0.digest = blob.digest.description
            $0.offset = Int64(blob.size) - 1
            $0.size = 1
        }
        do {
            return try await list(Self.read, request, about: blob.digest.description).contains { $0.data.count == 1 }
        } catch ContainerdError.refused(_, .notFound, _) {
            return false
        }
    }

    /// Takes a blob away, if it is there. Its file goes with the next garbage collection.
    func deleteBlob(_ digest: SHA256Digest) async throws {
        _ = try await find(Self.delete, .with { $0.digest = digest.description }, about: digest.description)
    }

    /// References of the writes that were begun and not committed.
    func openWrites() async throws -> [String] {
        try await call(Self.statuses, .init()).statuses.map(\.ref)
    }

    func abortWrite(_ reference: String) async throws {
        _ = try await find(Self.abort, .with { $0.ref = reference }, about: reference)
    }
}

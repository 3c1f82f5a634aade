import BundleModel
import SwiftProtobuf

extension ContainerdClient {
    private static let create = CallMethod<
        Containerd_Services_Leases_V1_CreateRequest, Containerd_Services_Leases_V1_CreateResponse
    >("Leases", "Create")
    private static let leases = CallMethod<
        Containerd_Services_Leases_V1_ListRequest, Containerd_Services_Leases_V1_ListResponse
    >("Leases", "List")
    private static let add = CallMethod<Containerd_Services_Leases_V1_AddResourceRequest, Google_Protobuf_Empty>(
        "Leases", "AddResource")
    // With `sync`, as long as collecting the garbage takes.
    private static let delete = CallMethod<Containerd_Services_Leases_V1_DeleteRequest, Google_Protobuf_Empty>(
        "Leases", "Delete", timeout: nil)

    func createLease(_ id: String, labels: [String: String]) async throws {
        let request = Containerd_Services_Leases_V1_CreateRequest.with {
            $0.id = id
            $0.labels = labels
        }
        _ = try await call(Self.create, request, about: id)
    }

    func leaseIDs() async throws -> [String] {
        try await call(Self.leases, .init()).leases.map(\.id)
    }

    /// Of the leases that end by themselves: loads, imports and pulls hold what they make by such.
    func temporaryLeaseIDs() async throws -> [String] {
        try await call(Self.leases, .init()).leases.filter { $0.labels["containerd.io/gc.expire"] != nil }.map(\.id)
    }

    /// Puts a chain under a lease; one that is not there too.
    func addSnapshot(_ name: SHA256Digest, _ snapshotter: String, toLease id: String) async throws {
        try await addResource("snapshots/\(snapshotter)", name, toLease: id)
    }

    func addBlob(_ digest: SHA256Digest, toLease id: String) async throws {
        try await addResource("content", digest, toLease: id)
    }

    private func addResource(_ type: String, _ digest: SHA256Digest, toLease id: String) async throws {
        let request = Containerd_Services_Leases_V1_AddResourceRequest.with {
            $0.id = id
            $0.resource.id = digest.description
            $0.resource.type = type
        }
        _ = try await call(Self.add, request, about: digest.description)
    }

    /// - Parameter collecting: waits until garbage has been collected.
    func deleteLease(_ id: String, collecting: Bool) async throws {
        let request = Containerd_Services_Leases_V1_DeleteRequest.with {
            $0.id = id
            $0.sync = collecting
        }
        _ = try await find(Self.delete, request, about: id)
    }
}

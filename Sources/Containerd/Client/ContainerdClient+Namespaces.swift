import SwiftProtobuf

extension ContainerdClient {
    private static let get = CallMethod<
        Containerd_Services_Namespaces_V1_GetNamespaceRequest, Containerd_Services_Namespaces_V1_GetNamespaceResponse
    >("Namespaces", "Get")
    private static let create = CallMethod<
        Containerd_Services_Namespaces_V1_CreateNamespaceRequest,
        Containerd_Services_Namespaces_V1_CreateNamespaceResponse
    >("Namespaces", "Create")
    private static let update = CallMethod<
        Containerd_Services_Namespaces_V1_UpdateNamespaceRequest,
        Containerd_Services_Namespaces_V1_UpdateNamespaceResponse
    >("Namespaces", "Update")

    /// Labels of the namespace; none where it is not there yet.
    public func namespaceLabels() async throws -> [String: String] {
        try await find(Self.get, .with { $0.name = namespace }, about: namespace)?.namespace.labels ?? [:]
    }

    /// Sets a label of the namespace, which is made where it is missing. containerd syncs it.
    ///
    /// - Parameter value: an empty one takes the label away.
    public func setNamespaceLabel(_ key: String, to value: String) async throws {
        let change = Containerd_Services_Namespaces_V1_UpdateNamespaceRequest.with {
            $0.namespace.name = namespace
            $0.namespace.labels = [key: value]
            $0.updateMask.paths = ["labels.\(key)"]
        }
        do {
            _ = try await call(Self.update, change, about: namespace)
        } catch ContainerdError.refused(_, _, _) {
            // One that is not there yet cannot be labelled, and one that is there cannot be made.
            let new = Containerd_Services_Namespaces_V1_CreateNamespaceRequest.with {
                $0.namespace = change.namespace
            }
            _ = try await call(Self.create, new, about: namespace)
        }
    }
}

import BundleModel
import SwiftProtobuf

extension ContainerdClient {
    private static let version = CallMethod<Google_Protobuf_Empty, Containerd_Services_Version_V1_VersionResponse>(
        "Version", "Version", timeout: .seconds(20))
    private static let plugins = CallMethod<
        Containerd_Services_Introspection_V1_PluginsRequest, Containerd_Services_Introspection_V1_PluginsResponse
    >("Introspection", "Plugins", timeout: .seconds(20))
    private static let apply = CallMethod<
        Containerd_Services_Diff_V1_ApplyRequest, Containerd_Services_Diff_V1_ApplyResponse
    >("Diff", "Apply", timeout: nil)

    /// `1.6.20~ds1`, as the distribution wrote it.
    public func version() async throws -> String {
        try await call(Self.version, .init()).version
    }

    func plugins() async throws -> [Containerd_Services_Introspection_V1_Plugin] {
        try await call(Self.plugins, .init()).plugins
    }

    /// Unpacks a layer's blob onto an active snapshot.
    ///
    /// - Returns: digest of the uncompressed tar that was unpacked, as containerd writes it.
    func applyLayer(_ blob: OCIDescriptor, to mounts: [SnapshotMount]) async throws -> String {
        let request = Containerd_Services_Diff_V1_ApplyRequest.with {
            $0.diff = blob.message
            $0.mounts = mounts
        }
        return try await call(Self.apply, request, about: blob.digest.description).applied.digest
    }
}

import SwiftProtobuf

extension ContainerdClient {
    private static let imageStatus = CallMethod<Runtime_V1_ImageStatusRequest, Runtime_V1_ImageStatusResponse>(
        "ImageService", "ImageStatus", package: "runtime.v1", timeout: .seconds(20))

    /// The namespace that CRI works in.
    static let criNamespace = "k8s.io"

    /// What CRI answers kubelet about an image.
    ///
    /// - Returns: its id, the config's digest as containerd writes it; nil where CRI knows of no such image.
    /// - Throws: `ContainerdError.refused` with `unimplemented` where containerd runs without CRI.
    func criImage(_ name: String) async throws -> String? {
        let found = try await find(Self.imageStatus, .with { $0.image.image = name }, about: name)
        return found.flatMap { $0.hasImage ? $0.image.id : nil }
    }
}

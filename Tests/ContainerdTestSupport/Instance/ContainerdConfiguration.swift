import SystemPackage

/// The configuration file of an instance, everything of it below one folder.
enum ContainerdConfiguration {
    /// - Parameter hasCRI: else nothing but the instance's clients makes records of images.
    static func text(_ version: ContainerdVersion, folder: FilePath, socket: FilePath, hasCRI: Bool) -> String {
        let common = """
            version = \(version.isTwo ? 3 : 2)
            disabled_plugins = [\(hasCRI ? "" : "\"io.containerd.grpc.v1.cri\"")]
            root = "\(folder)/root"
            state = "\(folder)/state"
            [grpc]
            address = "\(socket)"
            [plugins."io.containerd.internal.v1.opt"]
            path = "\(folder)/opt"
            [plugins."io.containerd.nri.v1.nri"]
            disable = true

            """
        guard hasCRI else { return common }
        // As the product writes it: by CRI's settings, whose table moved with version 2.
        let images =
            version.isTwo
            ? """
            [plugins."io.containerd.grpc.v1.cri"]
            disable_tcp_service = true
            [plugins."io.containerd.cri.v1.images"]
            snapshotter = "overlayfs"
            discard_unpacked_layers = true

            """
            : """
            [plugins."io.containerd.grpc.v1.cri"]
            disable_tcp_service = true
            [plugins."io.containerd.grpc.v1.cri".containerd]
            snapshotter = "overlayfs"
            discard_unpacked_layers = true

            """
        return common + images
    }
}

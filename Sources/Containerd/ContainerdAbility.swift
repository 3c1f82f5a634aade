/// Whether a containerd has what loading images through its API needs.
public enum ContainerdAbility: Sendable, Hashable {
    case able(version: String)
    /// A sentence; images have to be loaded another way.
    case notAble(reason: String)

    /// Asks for the version and for the plugins that the calls go to.
    ///
    /// - Throws: `ContainerdError.unreachable` where nothing answers: that is no reason for another way.
    public static func probe(
        _ client: ContainerdClient, snapshotter: String = "overlayfs"
    ) async throws -> ContainerdAbility {
        let version: String
        let plugins: [Containerd_Services_Introspection_V1_Plugin]
        do {
            version = try await client.version()
            plugins = try await client.plugins()
        } catch ContainerdError.refused(let call, let status, let reason) {
            return .notAble(reason: "\(call) is refused (\(status.rawValue)): \(reason)")
        }
        let needed =
            ["content", "snapshots", "diff", "images", "leases"].map { ("io.containerd.grpc.v1", $0) }
            + [("io.containerd.content.v1", "content"), ("io.containerd.snapshotter.v1", snapshotter)]
        for (type, id) in needed {
            guard let plugin = plugins.first(where: { $0.type == type && $0.id == id }) else {
                return .notAble(reason: "containerd \(version) has no plugin \(type).\(id)")
            }
            if plugin.hasInitErr {
                return .notAble(
                    reason: "plugin \(type).\(id) of containerd \(version) did not start: \(plugin.initErr.message)")
            }
        }
        guard StoreFolders(plugins, snapshotter: snapshotter) != nil else {
            return .notAble(reason: ContainerdError.hiddenFolder(snapshotter: snapshotter).message)
        }
        return .able(version: version)
    }
}

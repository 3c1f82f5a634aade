import Containerd
import Host
import SystemPackage

/// Which containerd, and where in it images go.
public struct ContainerdPlace: Sendable {
    public static let defaultSocket = "/run/containerd/containerd.sock"
    public static let kubernetes = "k8s.io"

    public var socket: String
    public var namespace: String
    /// Where the socket is looked for.
    var root = HostRoot()

    public init(socket: String = defaultSocket, namespace: String = kubernetes) {
        self.socket = socket
        self.namespace = namespace
    }

    /// ctr's options that name it.
    var ctrAddress: [String] { socket == Self.defaultSocket ? [] : ["--address", socket] }

    /// The lock of the one that changes images, on the folder of the socket.
    ///
    /// - Throws: `InstallError.busy`.
    func lock() async throws -> StateLock {
        try await StateLock.take(folder: FilePath(socket).removingLastComponent().string, root)
    }

    func connected<Result: Sendable>(
        _ body: @Sendable (ContainerdClient) async throws -> Result
    ) async throws -> Result {
        try await ContainerdClient.connected(to: root.resolve(socket).string, namespace: namespace, body)
    }
}

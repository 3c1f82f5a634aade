/// containerd's API over its socket, in one namespace and perhaps under one lease.
///
/// One connection; any number of calls at once. Calls throw `ContainerdError`, or `CancellationError` in a task that was
/// cancelled.
public struct ContainerdClient: Sendable {
    let socket: String
    let connection: CallConnection
    let namespace: String
    let lease: String?

    private init(socket: String, connection: CallConnection, namespace: String, lease: String?) {
        self.socket = socket
        self.connection = connection
        self.namespace = namespace
        self.lease = lease
    }

    /// Runs `body` with a connection that ends with it.
    ///
    /// - Parameters:
    ///   - socket: `/run/containerd/containerd.sock`. Nothing is sent before the first call.
    ///   - namespace: `k8s.io` is where kubelet's images are.
    /// - Throws: what `body` throws.
    public static func connected<Result: Sendable>(
        to socket: String, namespace: String = "k8s.io",
        _ body: @Sendable (ContainerdClient) async throws -> Result
    ) async throws -> Result {
        let connection = CallConnection(socket)
        let client = ContainerdClient(socket: socket, connection: connection, namespace: namespace, lease: nil)
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await body(client)) } catch { result = .failure(error) }
        await connection.close()
        return try result.get()
    }

    /// The same connection, with what calls make held by a lease.
    func leased(_ lease: String) -> ContainerdClient {
        ContainerdClient(socket: socket, connection: connection, namespace: namespace, lease: lease)
    }
}

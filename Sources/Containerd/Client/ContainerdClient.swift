import GRPCCore
import GRPCNIOTransportCore
import GRPCNIOTransportHTTP2Posix
import NIOCore
import SwiftProtobuf

/// containerd's API over its socket, in one namespace and perhaps under one lease.
///
/// One connection; any number of calls at once. Calls throw `ContainerdError`, or `CancellationError` in a task that was
/// cancelled.
public struct ContainerdClient: Sendable {
    typealias Transport = HTTP2ClientTransport.Posix

    let socket: String
    let client: GRPCClient<Transport>
    private let namespace: String
    private let lease: String?

    private init(socket: String, client: GRPCClient<Transport>, namespace: String, lease: String?) {
        self.socket = socket
        self.client = client
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
        let transport: Transport
        do {
            transport = try Transport(
                target: .unixDomainSocket(path: socket, authority: "localhost"), transportSecurity: .plaintext,
                config: .defaults { config in
                    config.channelDebuggingCallbacks.onCreateTCPConnection = { channel in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHandler(PingResponder(), position: .first)
                        }
                    }
                })
        } catch {
            throw ContainerdError.unreachable(socket: socket, reason: "\(error)")
        }
        return try await withGRPCClient(transport: transport) { client in
            try await body(ContainerdClient(socket: socket, client: client, namespace: namespace, lease: nil))
        }
    }

    /// The same connection, with what calls make held by a lease.
    func leased(_ lease: String) -> ContainerdClient {
        ContainerdClient(socket: socket, client: client, namespace: namespace, lease: lease)
    }

    var metadata: Metadata {
        var metadata: Metadata = ["containerd-namespace": "\(namespace)"]
        if let lease { metadata.addString(lease, forKey: "containerd-lease") }
        return metadata
    }

    static func options(_ timeout: Duration?) -> CallOptions {
        var options = CallOptions.defaults
        options.timeout = timeout
        // One write of a blob is a message; so is one answer to a read.
        options.maxResponseMessageBytes = 16 << 20
        options.waitForReady = false
        return options
    }
}

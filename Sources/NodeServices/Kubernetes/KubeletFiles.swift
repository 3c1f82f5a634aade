public import Host
public import SystemPackage

/// What the kubelet uses to speak with the API server, and this node's services too.
public struct KubeletFiles: Sendable {
    public let certificate: FilePath
    public let authority: FilePath

    public init(root: HostRoot) {
        certificate = root.resolve("/var/lib/kubelet/pki/kubelet-client-current.pem")
        authority = root.resolve("/etc/kubernetes/pki/ca.crt")
    }

    /// False until the node has joined.
    public var arePresent: Bool { FileSystem.exists(certificate) && FileSystem.exists(authority) }

    /// - Parameter timeout: seconds.
    /// - Throws: `HostError`, `NodeServicesError.badCredentials`.
    public func client(_ endpoint: Endpoint, timeout: Int = 10, bodyLimit: Int = 4 << 20) throws -> HTTPSClient {
        try HTTPSClient(
            endpoint, trust: .authorities(file: authority), identity: TLSIdentity(file: certificate),
            timeout: timeout, bodyLimit: bodyLimit)
    }
}

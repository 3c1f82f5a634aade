import Host
import Signing
public import SystemPackage

/// The join service's certificate with its key: made once per cluster, kept in a Secret and on each master's disk.
public struct JoinCertificate: Sendable {
    public static let fileName = "join-certificate.pem"
    private static let key = "join.pem"
    /// Nobody checks its dates: the pin is what counts.
    private static let validDays = 36_500

    private let file: FilePath

    public init(stateDirectory: FilePath) {
        file = stateDirectory.appending(Self.fileName)
    }

    /// The cluster's certificate; the first master that asks makes it. The Secret wins over the file, since the
    /// invites of all masters pin it.
    func identity(_ api: KubernetesAPI) async throws -> TLSIdentity {
        if let pem = try await stored(api) { return try keep(pem) }
        let made = try SelfSignedCertificate.generate(
            commonName: "node-install join service", ipAddresses: [], validDays: Self.validDays)
        let pem = made.certificatePEM + made.privateKeyPEM
        let secret = KubernetesObject(secret: ClusterObjects.certificateName, content: [Self.key: pem])
        if try await api.createSecret(secret) { return try keep(pem) }
        guard let theirs = try await stored(api) else {
            throw NodeServicesError.conflict(object: "Secret \(ClusterObjects.certificateName)", attempts: 1)
        }
        return try keep(theirs)
    }

    private func stored(_ api: KubernetesAPI) async throws -> [UInt8]? {
        try await api.secret(ClusterObjects.certificateName)?.secretValue(Self.key)
    }

    private func keep(_ pem: [UInt8]) throws -> TLSIdentity {
        let identity = try TLSIdentity(pem: pem, source: "Secret \(ClusterObjects.certificateName)")
        if try FileSystem.readIfPresent(file, limit: 1 << 20) != pem {
            try AtomicFile.write(pem, to: file, mode: 0o600)
        }
        return identity
    }
}

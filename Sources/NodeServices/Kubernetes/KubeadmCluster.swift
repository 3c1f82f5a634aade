public import BundleModel
public import Host
import NIOSSL
import SystemPackage

/// The cluster that this master belongs to.
public struct KubeadmCluster: JoinCluster {
    public let ledger: any LedgerStore
    private let api: KubernetesAPI
    private let authority: FilePath
    private let processes: any ProcessRunner

    /// - Throws: `NodeServicesError.notAMaster`, `.badDocument`, `.badCredentials`.
    public init(root: HostRoot, processes: any ProcessRunner) throws {
        let api = try AdminConfig(file: root.resolve(AdminConfig.defaultPath.string)).api()
        self.api = api
        ledger = SecretLedgerStore(api)
        authority = KubeletFiles(root: root).authority
        self.processes = processes
    }

    public func facts() async throws -> ClusterFacts {
        let source = "ConfigMap \(ClusterObjects.factsName)"
        guard let text = try await api.configMap(ClusterObjects.factsName)?.data[ClusterFacts.fileName] else {
            throw NodeServicesError.badDocument(path: source, reason: "it is not there or empty")
        }
        return try ClusterFacts(json: Array(text.utf8), source: source)
    }

    public func masters() async throws -> [Endpoint] {
        let source = "ConfigMap \(ClusterObjects.mastersName)"
        guard let text = try await api.configMap(ClusterObjects.mastersName)?.data[MasterList.fileName] else {
            throw NodeServicesError.badDocument(path: source, reason: "it is not there or empty")
        }
        return try MasterList(json: Array(text.utf8), source: source).masters
    }

    public func authorityDigest() async throws -> SHA256Digest {
        do {
            guard let first = try NIOSSLCertificate.fromPEMBytes(FileSystem.read(authority, limit: 1 << 20)).first
            else { throw NodeServicesError.badCredentials(path: authority.string, reason: "no certificate in it") }
            return try first.keyDigest()
        } catch let error as NIOSSLError {
            throw NodeServicesError.badCredentials(path: authority.string, reason: "\(error)")
        }
    }

    public func admit(_ token: BootstrapToken, expiresAt: UInt64, purpose: String) async throws {
        guard try await api.createSecret(token.object(expiresAt: expiresAt, purpose: purpose)) else {
            throw NodeServicesError.conflict(object: "bootstrap token \(token.id)", attempts: 1)
        }
    }

    public func revoke(tokenID: String) async throws {
        try await api.deleteSecret(BootstrapToken.secretName(tokenID))
    }

    public func shareCertificates() async throws -> String {
        // kubeadm makes the key itself and prints it last: on its command line it would show in ps.
        let result = try await processes.require(
            Command("kubeadm", ["init", "phase", "upload-certs", "--upload-certs"], timeout: 120))
        let lines = result.standardOutput.split(separator: "\n").map { $0.filter { !$0.isWhitespace } }
        guard let key = lines.last(where: { $0.utf8.count == 64 && Hex.decode($0) != nil }) else {
            throw NodeServicesError.badAnswer(endpoint: "kubeadm upload-certs", reason: "no certificate key in it")
        }
        return key
    }

    /// The join service's certificate: the cluster's, so that one pin is right for every master.
    public func joinIdentity(_ store: JoinCertificate) async throws -> TLSIdentity {
        try await store.identity(api)
    }
}

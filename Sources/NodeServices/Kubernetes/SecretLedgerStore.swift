import BundleModel
import FoundationEssentials

/// The ledger as a Secret of the cluster; its resource version decides who was first.
public struct SecretLedgerStore: LedgerStore {
    private static let key = "invites.json"
    private let api: KubernetesAPI

    public init(_ api: KubernetesAPI) {
        self.api = api
    }

    public func load() async throws -> (ledger: InviteLedger, version: String) {
        guard let secret = try await api.secret(ClusterObjects.invitesName) else { return (InviteLedger(), "") }
        let version = secret.metadata.resourceVersion ?? ""
        guard let bytes = secret.secretValue(Self.key) else { return (InviteLedger(), version) }
        do {
            return (try CanonicalJSON.decode(InviteLedger.self, from: Data(bytes)), version)
        } catch {
            throw NodeServicesError.badDocument(
                path: "Secret \(ClusterObjects.invitesName)", reason: CanonicalJSON.explanation(of: error))
        }
    }

    public func save(_ ledger: InviteLedger, replacing version: String) async throws -> Bool {
        var secret = KubernetesObject(
            secret: ClusterObjects.invitesName, content: [Self.key: Array(try CanonicalJSON.encode(ledger))])
        guard !version.isEmpty else { return try await api.createSecret(secret) }
        secret.metadata.resourceVersion = version
        return try await api.replaceSecret(secret)
    }
}

import BundleModel
import NodeServices
import Synchronization

/// A cluster without an API server, for tests of the join service: the real one is `KubeadmCluster`.
final class InMemoryClusterForTests: JoinCluster {
    struct Content {
        var admitted: [String] = []
        var revoked: [String] = []
    }

    let store = InMemoryLedgerStoreForTests()
    let content = Mutex(Content())
    var ledger: any LedgerStore { store }
    var admitted: [String] { content.withLock { $0.admitted } }
    var revoked: [String] { content.withLock { $0.revoked } }

    func facts() async throws -> ClusterFacts { try Samples.facts() }
    func masters() async throws -> [Endpoint] { [try Endpoint("10.0.0.1:6443")] }
    func authorityDigest() async throws -> SHA256Digest { Samples.digest("ca") }
    func shareCertificates() async throws -> String { String(repeating: "ab", count: 32) }

    func admit(_ token: BootstrapToken, expiresAt: UInt64, purpose: String) async throws {
        content.withLock { $0.admitted.append(token.text) }
    }

    func revoke(tokenID: String) async throws {
        content.withLock { $0.revoked.append(tokenID) }
    }
}

public import BundleModel
import FoundationEssentials

/// What every node of a cluster must agree on: kept in a ConfigMap, so that any master can serve joins.
public struct ClusterFacts: Codable, Hashable, Sendable {
    public static let fileName = "cluster.json"

    public var schemaVersion: Int
    /// `127.0.0.1:7443`
    public var controlPlaneEndpoint: Endpoint
    public var releaseID: SHA256Digest
    public var kubernetesVersion: SemanticVersion
    public var podCIDR: String
    public var serviceCIDR: String
    public var cni: CNI.Kind
    public var productLine: String
    /// Bundles below it are refused on every node.
    public var lowestSequence: UInt64
    /// Fingerprints of signing keys that no longer count.
    public var revokedKeys: [SHA256Digest]

    public init(
        controlPlaneEndpoint: Endpoint, releaseID: SHA256Digest, kubernetesVersion: SemanticVersion, podCIDR: String,
        serviceCIDR: String, cni: CNI.Kind, productLine: String, lowestSequence: UInt64, revokedKeys: [SHA256Digest]
    ) {
        schemaVersion = 1
        self.controlPlaneEndpoint = controlPlaneEndpoint
        self.releaseID = releaseID
        self.kubernetesVersion = kubernetesVersion
        self.podCIDR = podCIDR
        self.serviceCIDR = serviceCIDR
        self.cni = cni
        self.productLine = productLine
        self.lowestSequence = lowestSequence
        self.revokedKeys = revokedKeys
    }

    /// Adds what one master knows of trust: a sequence only rises, a revoked key stays revoked.
    mutating func add(_ trust: ClusterTrust) {
        lowestSequence = max(lowestSequence, trust.lowestSequence)
        revokedKeys = Set(revokedKeys).union(trust.revokedKeys).sorted { $0.hex < $1.hex }
    }

    /// - Throws: `NodeServicesError.badDocument`.
    public init(json: [UInt8], source: String) throws {
        do {
            self = try CanonicalJSON.decode(ClusterFacts.self, from: Data(json))
        } catch {
            throw NodeServicesError.badDocument(path: source, reason: CanonicalJSON.explanation(of: error))
        }
    }
}

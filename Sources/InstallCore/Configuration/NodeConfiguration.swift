public import BundleModel
import FoundationEssentials
import Host
public import SystemPackage

/// The file given with `--config`. Its JSON Schema is bundle-spec/node-config.schema.json.
///
/// Every field is optional; an option on the command line wins.
public struct NodeConfiguration: Codable, Hashable, Sendable {
    public static let currentSchemaVersion = 1

    public var schemaVersion: Int
    public var role: NodeRole?
    public var nodeIP: String?
    public var podCIDR: String?
    public var serviceCIDR: String?
    public var imageLoader: ImageLoaderChoice?
    public var containerd: Containerd?
    public var kubelet: Kubelet?
    public var kubeadm: Kubeadm?
    /// Laid over the KubeProxyConfiguration.
    public var kubeProxy: JSONValue?
    public var preflight: Floors?
    /// Seconds until a node that is not Ready is a failure. 300 by default.
    public var readySeconds: Int?

    public init() {
        schemaVersion = Self.currentSchemaVersion
    }

    public struct Containerd: Codable, Hashable, Sendable {
        /// Keys of the CRI plugin's (2.x: CRI runtime plugin's) own table, such as restrict_oom_score_adj.
        public var cri: [String: JSONValue]?
        /// TOML that is appended to config.toml.
        public var extra: String?
    }

    public struct Kubelet: Codable, Hashable, Sendable {
        /// Laid over the KubeletConfiguration.
        public var extra: JSONValue?
        /// Added to the kubelet's command line.
        public var arguments: [String]?
    }

    public struct Kubeadm: Codable, Hashable, Sendable {
        /// Passed on as --ignore-preflight-errors.
        public var ignorePreflightErrors: [String]?
        /// Passed on as --skip-phases to `kubeadm init`.
        public var skipPhases: [String]?
        /// More names and addresses for the API server's certificate.
        public var certSANs: [String]?
    }

    /// Lower bounds of preflight, for machines that are small on purpose.
    public struct Floors: Codable, Hashable, Sendable {
        public var masterMemoryMB: Int?
        public var workerMemoryMB: Int?
        public var masterCPUs: Int?
        /// Findings by id that count as warnings.
        public var tolerate: [String]?
    }

    /// - Throws: `InstallError.configuration` with what is wrong, `HostError.unreadableInput`.
    public static func read(_ path: FilePath) throws -> NodeConfiguration {
        let bytes = try FileSystem.readInput(path, limit: 1 << 20)
        do {
            let configuration = try CanonicalJSON.decode(NodeConfiguration.self, from: Data(bytes))
            guard (1...currentSchemaVersion).contains(configuration.schemaVersion) else {
                throw InstallError.configuration(
                    path: path.string,
                    reason: "schemaVersion \(configuration.schemaVersion), this program knows \(currentSchemaVersion)")
            }
            try KnownKeys.check(CanonicalJSON.decode(JSONValue.self, from: Data(bytes)))
            return configuration
        } catch let error as DecodingError {
            throw InstallError.configuration(path: path.string, reason: CanonicalJSON.explanation(of: error))
        } catch let unknown as KnownKeys.Unknown {
            throw InstallError.configuration(
                path: path.string,
                reason: "unknown key '\(unknown.path)'; the nearest known one is '\(unknown.nearest)'")
        }
    }
}

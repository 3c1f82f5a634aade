import BundleModel
import FoundationEssentials

/// The objects that the first master puts into the cluster, for `kubectl apply -f -`.
public enum ClusterObjects {
    /// ConfigMap: the masters, for the proxies.
    public static let mastersName = "node-install-masters"
    /// ConfigMap: what all nodes agree on, for joins.
    public static let factsName = "node-install-cluster"
    /// Secret: the invites.
    public static let invitesName = "node-install-invites"
    /// Secret: the join service's certificate and key.
    public static let certificateName = "node-install-join-certificate"

    /// A JSON List: two ConfigMaps, and leave for every node to read the masters and to list the nodes.
    public static func manifest(masters: MasterList, facts: ClusterFacts) throws -> [UInt8] {
        let list = Manifest(items: [
            .object(
                KubernetesObject(
                    configMap: mastersName,
                    content: [MasterList.fileName: String(decoding: try masters.json(), as: UTF8.self)])),
            .object(
                KubernetesObject(
                    configMap: factsName,
                    content: [
                        ClusterFacts.fileName: String(decoding: try CanonicalJSON.encode(facts), as: UTF8.self)
                    ])),
            .role(
                AccessRole(
                    kind: "Role", name: mastersName, namespace: "kube-system",
                    rule: AccessRule(resource: "configmaps", names: [mastersName], verbs: ["get"]))),
            .binding(AccessBinding(kind: "RoleBinding", name: mastersName, namespace: "kube-system", role: "Role")),
            // Newer API servers let a node see only itself.
            .role(
                AccessRole(
                    kind: "ClusterRole", name: "node-install-routes", namespace: nil,
                    rule: AccessRule(resource: "nodes", names: nil, verbs: ["get", "list", "watch"]))),
            .binding(
                AccessBinding(
                    kind: "ClusterRoleBinding", name: "node-install-routes", namespace: nil, role: "ClusterRole")),
        ])
        return Array(try CanonicalJSON.encode(list))
    }

    private struct Manifest: Encodable {
        let apiVersion = "v1"
        let kind = "List"
        let items: [Item]
    }

    private enum Item: Encodable {
        case object(KubernetesObject)
        case role(AccessRole)
        case binding(AccessBinding)

        func encode(to encoder: any Encoder) throws {
            switch self {
            case .object(let value): try value.encode(to: encoder)
            case .role(let value): try value.encode(to: encoder)
            case .binding(let value): try value.encode(to: encoder)
            }
        }
    }
}

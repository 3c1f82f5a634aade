import BundleModel
import FoundationEssentials

/// The file that `kubeadm init` or `join` reads: YAML documents, each written as JSON.
struct KubeadmConfiguration: Hashable, Sendable {
    var api: KubeadmAPI
    var kubernetes: SemanticVersion
    var imageRepository: String
    var nodeName: String
    var nodeIP: String
    var podCIDR: String
    var serviceCIDR: String
    /// `127.0.0.1:7443`, the load balancer on every node.
    var endpoint: String
    var certSANs: [String] = []
    /// Laid over the generated documents.
    var kubelet: JSONValue = [:]
    var kubeProxy: JSONValue?

    /// The documents for the first master.
    func initDocuments() throws -> String {
        var documents: [JSONValue] = [initConfiguration, clusterConfiguration, kubeletConfiguration]
        if let kubeProxy {
            let base: JSONValue = [
                "apiVersion": "kubeproxy.config.k8s.io/v1alpha1", "kind": "KubeProxyConfiguration",
            ]
            documents.append(base.merging(kubeProxy))
        }
        return try Self.text(documents)
    }

    /// The document for a worker.
    func joinDocuments(token: String, caCertHashes: [String]) throws -> String {
        let discovery: JSONValue = [
            "bootstrapToken": [
                "apiServerEndpoint": .string(endpoint), "token": .string(token),
                "caCertHashes": .array(caCertHashes.map(JSONValue.string)),
            ]
        ]
        return try Self.text([
            [
                "apiVersion": apiVersion, "kind": "JoinConfiguration", "discovery": discovery,
                "nodeRegistration": nodeRegistration,
            ]
        ])
    }

    private var apiVersion: JSONValue { .string("kubeadm.k8s.io/\(api.rawValue)") }

    /// kubeadm's own four minutes for a control plane to answer are too few for a slow disk or an emulated processor.
    private static let controlPlaneTimeout: JSONValue = "10m0s"

    private var initConfiguration: JSONValue {
        let base: JSONValue = [
            "apiVersion": apiVersion, "kind": "InitConfiguration",
            "localAPIEndpoint": ["advertiseAddress": .string(nodeIP), "bindPort": 6443],
            "nodeRegistration": nodeRegistration,
            // kubeadm insists on one; invites make their own, so this one ends soon.
            "bootstrapTokens": [["ttl": "10m0s"]],
        ]
        return api == .v1beta4
            ? base.merging(["timeouts": ["controlPlaneComponentHealthCheck": Self.controlPlaneTimeout]]) : base
    }

    private var clusterConfiguration: JSONValue {
        let base: JSONValue = [
            "apiVersion": apiVersion, "kind": "ClusterConfiguration",
            "kubernetesVersion": .string(kubernetes.tag), "imageRepository": .string(imageRepository),
            "controlPlaneEndpoint": .string(endpoint),
            "networking": ["podSubnet": .string(podCIDR), "serviceSubnet": .string(serviceCIDR)],
            "apiServer": [
                "certSANs": .array((["127.0.0.1", nodeIP, nodeName] + certSANs).map(JSONValue.string))
            ],
        ]
        // From v1beta4 on the time is the init's.
        return api == .v1beta4
            ? base : base.merging(["apiServer": ["timeoutForControlPlane": Self.controlPlaneTimeout]])
    }

    private var kubeletConfiguration: JSONValue {
        let base: JSONValue = [
            "apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration", "cgroupDriver": "systemd",
        ]
        return base.merging(kubelet)
    }

    private var nodeRegistration: JSONValue {
        // v1beta4 has a list, so that an argument may be given twice; before it was a map.
        let arguments: JSONValue =
            api == .v1beta4
            ? [["name": "node-ip", "value": .string(nodeIP)]] : ["node-ip": .string(nodeIP)]
        return [
            "criSocket": .string(NodePaths.containerdSocket), "name": .string(nodeName),
            "kubeletExtraArgs": arguments,
        ]
    }

    private static func text(_ documents: [JSONValue]) throws -> String {
        try documents.map { String(decoding: try CanonicalJSON.encode($0), as: UTF8.self) }.joined(separator: "---\n")
    }
}

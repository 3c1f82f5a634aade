import BundleModel
import FoundationEssentials
import Host
import SystemPackage
import Testing

@testable import InstallCore

/// What is generated for a node, byte for byte as in Golden/. `KUBEFERRY_WRITE_GOLDEN=1` writes the files anew.
struct GoldenTests {
    private static let folder = FilePath(#filePath).removingLastComponent().appending("Golden")

    private func compare(_ text: String, _ name: String) throws {
        let path = Self.folder.appending(name)
        if ProcessInfo.processInfo.environment["KUBEFERRY_WRITE_GOLDEN"] == "1" {
            try AtomicFile.write(Array(text.utf8), to: path)
        }
        let golden = try FileSystem.read(path)
        #expect(text == String(decoding: golden, as: UTF8.self), "differs from Golden/\(name)")
        #expect(Array(text.utf8) == golden)
    }

    /// The newest release whose kubeadm is given this version of its configuration.
    private static let releases: [KubeadmAPI: SemanticVersion] = [
        .v1beta2: SemanticVersion(1, 20, 2), .v1beta3: SemanticVersion(1, 30, 14), .v1beta4: SemanticVersion(1, 36, 4),
    ]

    private func kubeadm(_ api: KubeadmAPI) throws -> KubeadmConfiguration {
        KubeadmConfiguration(
            api: api, kubernetes: try #require(Self.releases[api]), imageRepository: "registry.k8s.io", nodeName: "m0",
            nodeIP: "10.77.0.10", podCIDR: "10.244.0.0/16", serviceCIDR: "10.96.0.0/12", endpoint: "127.0.0.1:7443",
            certSANs: ["api.example"], kubelet: ["failSwapOn": false], kubeProxy: ["conntrack": ["maxPerCore": 0]])
    }

    @Test(arguments: KubeadmAPI.allCases)
    func kubeadmInit(_ api: KubeadmAPI) throws {
        try compare(kubeadm(api).initDocuments(), "kubeadm-init-\(api.rawValue).yaml")
    }

    @Test(arguments: KubeadmAPI.allCases)
    func kubeadmJoin(_ api: KubeadmAPI) throws {
        let hash = "sha256:\(String(repeating: "0", count: 64))"
        try compare(
            kubeadm(api).joinDocuments(token: "abcdef.0123456789abcdef", caCertHashes: [hash]),
            "kubeadm-join-\(api.rawValue).yaml")
    }

    private struct Matrix: Decodable {
        struct Line: Decodable {
            var line: String
            var latestPatch: Int
            var configVersion: Int
        }
        var containerd: [Line]
    }

    private func lines() throws -> [Matrix.Line] {
        let root = Self.folder.removingLastComponent().removingLastComponent().removingLastComponent()
        let bytes = try FileSystem.read(root.pushing("bundle-spec/matrix.json"))
        return try CanonicalJSON.decode(Matrix.self, from: Data(bytes)).containerd
    }

    @Test func containerdOfEveryLineHasTheConfigVersionThatTheMatrixSays() throws {
        let lines = try lines()
        #expect(lines.count >= 6)
        for line in lines {
            let version = try SemanticVersion("\(line.line).\(line.latestPatch)")
            let toml = ContainerdConfiguration(
                version: version, sandboxImage: try ImageReference("registry.k8s.io/pause:3.9"),
                cri: ["restrict_oom_score_adj": true], extra: ""
            ).toml
            #expect(toml.contains("\nversion = \(line.configVersion)\n"), "containerd \(line.line)")
            try compare(toml, "containerd-\(line.line).toml")
        }
    }

    @Test(arguments: [
        ("kubelet-10-kubeadm.conf", PackageResources.kubelet_kubeadm_conf, [String: String]()),
        ("kubelet.default", PackageResources.kubelet_default, ["arguments": "--node-ip=10.77.0.10"]),
        ("kubelet.service", PackageResources.kubelet_service, [:]),
        ("containerd.service", PackageResources.containerd_service, [:]),
    ])
    func unitsAndTheirSettings(_ name: String, _ template: [UInt8], _ values: [String: String]) throws {
        try compare(Template(template).fill(values), name)
    }
}

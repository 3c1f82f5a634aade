import BundleModel
import FoundationEssentials
import Testing

@testable import InstallCore

struct RenderingTests {
    private func containerd(_ version: SemanticVersion) throws -> String {
        ContainerdConfiguration(
            version: version, sandboxImage: try ImageReference("registry.k8s.io/pause:3.9"),
            cri: ["restrict_oom_score_adj": true], extra: ""
        ).toml
    }

    @Test(arguments: [SemanticVersion(1, 6, 20), SemanticVersion(1, 7, 24)])
    func containerd1GetsVersion2(_ version: SemanticVersion) throws {
        let toml = try containerd(version)
        #expect(toml.contains("\nversion = 2\n"))
        #expect(
            toml.contains(
                """
                [plugins."io.containerd.grpc.v1.cri"]
                  sandbox_image = "registry.k8s.io/pause:3.9"
                  restrict_oom_score_adj = true

                  [plugins."io.containerd.grpc.v1.cri".cni]
                    bin_dir = "/opt/cni/bin"
                """))
        #expect(
            toml.contains(
                """
                      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
                        SystemdCgroup = true
                """))
        #expect(!toml.contains("{{"))
    }

    @Test(arguments: [(SemanticVersion(2, 0, 11), "bin_dir = "), (SemanticVersion(2, 1, 9), "bin_dirs = [")])
    func containerd2GetsVersion3(_ version: SemanticVersion, _ folders: String) throws {
        let toml = try containerd(version)
        #expect(toml.contains("\nversion = 3\n"))
        #expect(
            toml.contains(
                """
                  [plugins."io.containerd.cri.v1.images".pinned_images]
                    sandbox = "registry.k8s.io/pause:3.9"
                """))
        #expect(toml.contains("[plugins.\"io.containerd.cri.v1.runtime\"]\n  restrict_oom_score_adj = true\n"))
        #expect(toml.contains("    \(folders)"))
        #expect(
            toml.contains(
                """
                      [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
                        SystemdCgroup = true
                """))
        #expect(!toml.contains("{{"))
    }

    @Test func tomlStringsAreQuoted() throws {
        let toml = ContainerdConfiguration(
            version: SemanticVersion(1, 7, 0), sandboxImage: try ImageReference("a.b/pause:1"),
            cri: ["x": "a\"b\\c"], extra: "[debug]\n  level = \"info\""
        ).toml
        #expect(toml.contains(#"  x = "a\"b\\c""#))
        #expect(toml.hasSuffix("[debug]\n  level = \"info\"\n"))
    }

    private func kubeadm(_ api: KubeadmAPI) -> KubeadmConfiguration {
        KubeadmConfiguration(
            api: api, kubernetes: SemanticVersion(1, 33, 6), imageRepository: "registry.k8s.io", nodeName: "m0",
            nodeIP: "10.77.0.10", podCIDR: "10.244.0.0/16", serviceCIDR: "10.96.0.0/12", endpoint: "127.0.0.1:7443",
            kubelet: ["failSwapOn": false], kubeProxy: ["conntrack": ["maxPerCore": 0]])
    }

    private func documents(_ text: String) throws -> [JSONValue] {
        try text.split(separator: "---\n").map {
            try CanonicalJSON.decode(JSONValue.self, from: Data(Array($0.utf8)))
        }
    }

    @Test(arguments: KubeadmAPI.allCases)
    func initHasItsFourDocuments(_ api: KubeadmAPI) throws {
        let all = try documents(kubeadm(api).initDocuments())
        #expect(
            all.map { $0["kind"]?.text } == [
                "InitConfiguration", "ClusterConfiguration", "KubeletConfiguration", "KubeProxyConfiguration",
            ])
        #expect(all[0]["apiVersion"] == .string("kubeadm.k8s.io/\(api.rawValue)"))
        #expect(all[0]["localAPIEndpoint"] == ["advertiseAddress": "10.77.0.10", "bindPort": 6443])
        #expect(all[1]["controlPlaneEndpoint"] == "127.0.0.1:7443")
        #expect(all[1]["kubernetesVersion"] == "v1.33.6")
        #expect(all[1]["apiServer"]?["certSANs"] == ["127.0.0.1", "10.77.0.10", "m0"])
        #expect(all[2]["cgroupDriver"] == "systemd")
        #expect(all[2]["failSwapOn"] == false)
        #expect(all[3]["conntrack"] == ["maxPerCore": 0])
    }

    /// kubeadm refuses a key that its version of the file does not know.
    @Test(arguments: KubeadmAPI.allCases)
    func slowMachinesGetTenMinutesForTheControlPlane(_ api: KubeadmAPI) throws {
        let all = try documents(kubeadm(api).initDocuments())
        let isLate = api == .v1beta4
        #expect(all[0]["timeouts"] == (isLate ? ["controlPlaneComponentHealthCheck": "10m0s"] : nil))
        #expect(all[1]["apiServer"]?["timeoutForControlPlane"] == (isLate ? nil : "10m0s"))
    }

    @Test(arguments: [
        (KubeadmAPI.v1beta2, JSONValue.object(["node-ip": "10.77.0.10"])),
        (.v1beta3, .object(["node-ip": "10.77.0.10"])),
        (.v1beta4, .array([.object(["name": "node-ip", "value": "10.77.0.10"])])),
    ])
    func argumentsAreAMapBeforeV1beta4AndAListFromThen(_ api: KubeadmAPI, _ expected: JSONValue) throws {
        let all = try documents(kubeadm(api).initDocuments())
        #expect(all[0]["nodeRegistration"]?["kubeletExtraArgs"] == expected)
        #expect(all[0]["nodeRegistration"]?["criSocket"] == "unix:///run/containerd/containerd.sock")
    }

    @Test(arguments: KubeadmAPI.allCases)
    func joinGoesThroughTheLocalEndpoint(_ api: KubeadmAPI) throws {
        let all = try documents(
            kubeadm(api).joinDocuments(token: "abcdef.0123456789abcdef", caCertHashes: ["sha256:00"]))
        #expect(all.count == 1)
        let token = all[0]["discovery"]?["bootstrapToken"]
        #expect(token?["apiServerEndpoint"] == "127.0.0.1:7443")
        #expect(token?["token"] == "abcdef.0123456789abcdef")
        #expect(token?["caCertHashes"] == ["sha256:00"])
    }

    @Test func theBridgeNetworkIsTheNodesOwn() throws {
        let bytes = try BridgeConflist(podCIDR: "10.244.1.0/24", hasPortmap: true).json()
        let value = try CanonicalJSON.decode(JSONValue.self, from: Data(bytes))
        let plugins = value["plugins"]?.elements ?? []
        #expect(plugins.map { $0["type"]?.text } == ["bridge", "portmap"])
        #expect(plugins.first?["ipam"]?["ranges"] == [[["subnet": "10.244.1.0/24"]]])
        #expect(try BridgeConflist(podCIDR: "10.244.1.0/24", hasPortmap: false).json().count < bytes.count)
    }

    @Test func unitsRunOurOwnBinaries() {
        for unit in [PackageResources.containerd_service, PackageResources.kubelet_service] {
            let text = Template(unit).fill([:])
            #expect(text.contains("ExecStart=/usr/local/bin/"))
            #expect(text.contains("Restart=always"))
            #expect(text.contains("WantedBy=multi-user.target"))
        }
    }

    @Test func settingsOnlyGoUpWhereMoreIsFine() {
        let watches = KernelSetting(key: "k", rule: .atLeast(100), isRequired: false)
        #expect(watches.needed(current: "99") == "100")
        #expect(watches.needed(current: "200") == nil)
        let filter = KernelSetting(key: "k", rule: .not("1", use: "2"), isRequired: false)
        #expect(filter.needed(current: "0") == nil)
        #expect(filter.needed(current: "1") == "2")
    }
}

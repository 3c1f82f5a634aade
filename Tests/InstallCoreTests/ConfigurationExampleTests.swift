import BundleModel
import Host
import SystemPackage
import Testing

@testable import InstallCore

struct ConfigurationExampleTests {
    @Test func theExampleOfTheSpecificationIsReadWhole() throws {
        let path = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
            .pushing("bundle-spec/node-config.example.json")
        let configuration = try NodeConfiguration.read(path)
        #expect(configuration.role == .master)
        #expect(configuration.containerd?.cri == ["restrict_oom_score_adj": true])
        #expect(configuration.kubelet?.arguments == ["--v=2"])
        #expect(configuration.kubeadm?.certSANs == ["api.example"])
        #expect(configuration.kubeProxy?["conntrack"] == ["maxPerCore": 0])
        #expect(configuration.preflight?.masterCPUs == 1)
        #expect(configuration.readySeconds == 300)
    }
}

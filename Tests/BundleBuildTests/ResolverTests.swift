import BundleBuild
import BundleModel
import Testing

struct ResolverTests {
    let resolver: Resolver

    init() throws { resolver = Resolver(matrix: try VersionMatrix.embedded()) }

    private func version(_ text: String) throws -> SemanticVersion { try SemanticVersion(text) }

    @Test func planOfTheTestedReleaseIsComplete() throws {
        let plan = try resolver.resolve(BuildRequest(kubernetes: version("1.20.2")))
        #expect(plan.status == .runHere)
        #expect(plan.release.kubeadmAPI == .v1beta2)
        #expect(plan.release.runc == (try version("1.1.5")))
        #expect(
            plan.artifacts.map { "\($0.source) \($0.path)" } == [
                "cniPlugins v1.1.1/cni-plugins-linux-amd64-v1.1.1.tgz",
                "containerd v1.6.20/containerd-1.6.20-linux-amd64.tar.gz",
                "crictl v1.20.0/crictl-v1.20.0-linux-amd64.tar.gz",
                "kubernetes release/v1.20.2/bin/linux/amd64/kubeadm",
                "kubernetes release/v1.20.2/bin/linux/amd64/kubectl",
                "kubernetes release/v1.20.2/bin/linux/amd64/kubelet",
                "runc v1.1.5/runc.amd64",
            ])
        #expect(plan.images.count == 7)
        let masters = plan.images.filter { $0.roles == [.master] }.map(\.reference.repository)
        #expect(masters == ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"])
    }

    @Test func containerdBelowTheMinimumNamesTheRuleAndItsSource() throws {
        let request = BuildRequest(kubernetes: try version("1.33.6"), containerd: try version("1.7.20"))
        let error = try #require(throws: BundleBuildError.self) { try resolver.resolve(request) }
        guard case .incompatible(.containerdMinimum, let reason, let source) = error else {
            Issue.record("unexpected \(error)")
            return
        }
        #expect(reason.contains("1.7.24") && reason.contains("1.7.20"))
        #expect(
            source == "containerd/containerd RELEASES.md@301026e5 and its history; per tag script/setup/runc-version")
        #expect(error.category == .incompatibleVersions)
    }

    @Test func untestedCombinationPassesWithANoteWhenAllowed() throws {
        let plan = try resolver.resolve(
            BuildRequest(
                kubernetes: version("1.20.2"), containerd: version("2.1.9"), runc: version("1.1.5"),
                allowUntested: true))
        #expect(plan.status == .goldenOnly)
        #expect(plan.notes.contains { $0.contains("containerd-minimum") })
        #expect(plan.notes.contains { $0.contains("not 1.1.5") })
    }

    @Test func calicoFollowsTheKubernetesLine() throws {
        let plan = try resolver.resolve(BuildRequest(kubernetes: version("1.33.6"), cni: CNIChoice("calico")))
        #expect(plan.release.cni.version == (try version("3.31.7")))
        #expect(plan.release.cni.manifests == ["/usr/local/share/kubeferry/manifests/calico.yaml"])
        #expect(plan.images.contains { $0.reference.repository == "calico/node" })
        #expect(plan.status == .publishedOnly)
        let old = BuildRequest(kubernetes: try version("1.33.6"), cni: try CNIChoice("calico@3.27.4"))
        let error = #expect(throws: BundleBuildError.self) { try resolver.resolve(old) }
        #expect(error?.message.contains("calico-tested-kubernetes") == true)
    }

    @Test(arguments: ["calico@", "weave", "bridge@1", "none@1", "calico@3.x", ""])
    func unknownNetworkIsRefused(text: String) {
        let error = #expect(throws: (any Error).self) { try CNIChoice(text) }
        #expect((error as? any Diagnostic)?.category == .invalidInput)
    }

    @Test func packagesOfAnUnknownSystemAreRefused() throws {
        let request = BuildRequest(kubernetes: try version("1.20.2"), osReleases: ["ubuntu-14.04"], allowUntested: true)
        let error = #expect(throws: BundleBuildError.self) { try resolver.resolve(request) }
        #expect(error?.message.contains("operating-system") == true)
    }

    @Test func extraImageIsListedOnceForAllNodes() throws {
        let busybox = try ImageReference("registry.example/busybox:1")
        let pause = try ImageReference("k8s.gcr.io/pause:3.2")
        let plan = try resolver.resolve(
            BuildRequest(kubernetes: version("1.20.2"), extraImages: [busybox, busybox, pause]))
        #expect(plan.images.count == 8)
        #expect(plan.images.first { $0.reference == busybox }?.roles == NodeRole.allCases)
    }
}

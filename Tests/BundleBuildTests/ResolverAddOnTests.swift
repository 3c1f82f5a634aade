import BundleBuild
import BundleModel
import Testing

struct ResolverAddOnTests {
    private let resolver: Resolver
    private let kubernetes: SemanticVersion

    init() throws {
        resolver = Resolver(matrix: try VersionMatrix.embedded())
        kubernetes = try SemanticVersion("1.33.6")
    }

    private func plan(
        _ addOns: [String], cni: String = "bridge", charts: [PlannedChart] = [], manifests: [PlannedManifest] = [],
        allowUntested: Bool = false
    ) throws -> BuildPlan {
        try resolver.resolve(
            BuildRequest(
                kubernetes: kubernetes, cni: try CNIChoice(cni), addOns: try addOns.map { try AddOnChoice($0) },
                charts: charts, manifests: manifests, allowUntested: allowUntested))
    }

    @Test func aReleaseWithoutAddOnsNamesNone() throws {
        #expect(try plan([]).release.addOns == nil)
    }

    @Test(arguments: [
        ("etcdctl", "3.5.33"), ("etcdctl@3.5.24", "3.5.24"), ("etcdctl@v3.5.24", "3.5.24"), ("helm", "3.21.4"),
        ("helm@3.18", "3.18.4"), ("metrics-server", "0.8.1"), ("metrics-server@0.8", "0.8.1"),
        ("e2e-test-image", "2.56"), ("e2e-test-image@2.53", "2.53"), ("registry@2", "2.8.3"),
    ])
    func aNameOrALineMeansTheNewestThatIsTested(choice: String, version: String) throws {
        let name = choice.split(separator: "@")[0]
        #expect(try plan([choice]).addOns.first { $0.name == name }?.version == version)
    }

    @Test func aVersionThatNobodyKnowsNamesTheKnownOnes() throws {
        let error = try #require(throws: BundleBuildError.self) { try plan(["kube-vip@0.8.90"]) }
        #expect(error.category == .unknownVersion)
        #expect(error.hint.contains("0.8.9, 1.0.3"))
        // 1.1 is not the beginning of 1.15.1.
        let line = try #require(throws: BundleBuildError.self) { try plan(["ingress-nginx@1.1"]) }
        #expect(line.category == .unknownVersion)
    }

    @Test(arguments: [["weave"], ["helm", "helm@3.18"], ["cilium"], ["helm@"], ["@1"], [""]])
    func addOnsThatCannotBeMeantAreInvalidInput(names: [String]) throws {
        let error = #expect(throws: BundleBuildError.self) { try plan(names) }
        #expect(error?.category == .invalidInput)
    }

    @Test func untestedIsNamedAndCanBeAllowed() throws {
        let error = try #require(throws: BundleBuildError.self) { try plan(["dashboard"]) }
        guard case .incompatible(.addOnTested, let reason, let source) = error else {
            Issue.record("unexpected \(error)")
            return
        }
        #expect(reason.contains("dashboard 7.13.0") && reason.contains("1.32") && reason.contains("1.33"))
        #expect(source.contains("kubernetes-retired/dashboard"))
        let allowed = try plan(["dashboard"], allowUntested: true)
        #expect(allowed.notes.contains { $0.contains("allowed although untested: rule add-on-tested-kubernetes") })
        #expect(allowed.status == .publishedOnly)
    }

    @Test func aSeedsCalicoIsNamedAsUntestedByItsLineToo() throws {
        let error = try #require(throws: BundleBuildError.self) { try plan([], cni: "calico@v3.27") }
        #expect(error.message.contains("calico-tested-kubernetes") && error.message.contains("3.27.5"))
        let allowed = try plan([], cni: "calico@v3.27", allowUntested: true)
        #expect(allowed.release.cni.version == SemanticVersion(3, 27, 5))
        #expect(allowed.notes.contains { $0.contains("calico-tested-kubernetes") })
    }

    @Test func calicoIsPlannedLikeAnyNetworkOfManifests() throws {
        let network = try #require(try plan([], cni: "calico@3.30").network)
        #expect(network.manifests == ["calico"] && network.version == "3.30.7")
        #expect(network.artifacts.map(\.kind) == [.manifest] && network.artifacts[0].checksumPath == nil)
        #expect(network.expectedImages.count == 3)
    }

    @Test func flannelIsAManifestThatAMasterApplies() throws {
        let plan = try plan([], cni: "flannel@0.27")
        #expect(plan.release.cni.kind == .flannel && plan.release.cni.version == SemanticVersion(0, 27, 4))
        #expect(plan.release.cni.manifests == ["/usr/local/share/kubeferry/manifests/flannel.yaml"])
        #expect(plan.artifacts.contains { $0.path == "v0.27.4/kube-flannel.yml" && $0.kind == .manifest })
        #expect(plan.images.contains { $0.reference.description == "ghcr.io/flannel-io/flannel:v0.27.4" })
        #expect(plan.release.addOns == nil)
    }

    @Test func ciliumIsAChartAndBringsHelm() throws {
        let plan = try plan(["etcdctl"], cni: "cilium")
        #expect(plan.release.cni.version == SemanticVersion(1, 18, 4))
        #expect(plan.release.cni.manifests == ["/usr/local/share/kubeferry/manifests/charts/cilium.yaml"])
        #expect(plan.addOns.map(\.name) == ["helm", "etcdctl"])
        #expect(plan.release.addOns?.map(\.manifests) == [[], []])
        #expect(plan.notes.contains { $0.contains("was added: it renders cilium") })
        #expect(plan.artifacts.contains { $0.kind == .chart && $0.path == "cilium-1.18.4.tgz" })
    }

    @Test func helmThatOnlyRendersDoesNotCareForTheKubernetesLine() throws {
        let old = SemanticVersion(1, 20, 2)
        let charts = [PlannedChart(name: "web", namespace: "default", path: "web.tgz")]
        let plan = try resolver.resolve(BuildRequest(kubernetes: old, charts: charts))
        #expect(plan.addOns.map(\.name) == ["helm"])
        let asked = BuildRequest(kubernetes: old, addOns: [AddOnChoice(name: "helm")], charts: charts)
        #expect(throws: BundleBuildError.self) { try resolver.resolve(asked) }
    }

    @Test func whatIsAppliedComesInOrderWithItsNamespace() throws {
        let plan = try plan(
            ["metrics-server", "ingress-nginx", "kube-vip"],
            charts: [PlannedChart(name: "web", namespace: "shop", path: "web.tgz")],
            manifests: [
                PlannedManifest(name: "app", path: "app.yaml"),
                PlannedManifest(name: "later", path: "later.yaml", apply: false),
            ])
        let folder = "/usr/local/share/kubeferry/manifests"
        #expect(
            plan.release.addOns == [
                AddOn(name: "helm", version: "3.21.4", manifests: []),
                AddOn(
                    name: "metrics-server", version: "0.8.1", manifests: ["\(folder)/charts/metrics-server.yaml"]),
                AddOn(name: "ingress-nginx", version: "1.15.1", manifests: ["\(folder)/ingress-nginx.yaml"]),
                AddOn(name: "kube-vip", version: "1.2.3", manifests: []),
                AddOn(name: "web", version: "local", manifests: ["\(folder)/charts/web.yaml"]),
                AddOn(name: "app", version: "local", manifests: ["\(folder)/local/app.yaml"]),
            ])
        let chart = try #require(plan.artifacts.first { $0.name == "metrics-server-chart" })
        #expect(chart.version == "3.13.1" && chart.path.hasSuffix("/metrics-server-3.13.1.tgz"))
        #expect(plan.images.contains { $0.reference.repository == "ingress-nginx/controller" })
        #expect(plan.images.contains { $0.reference.description == "ghcr.io/kube-vip/kube-vip:v1.2.3" })
    }

    @Test func twoOfOneNameAreRefused() throws {
        let charts = ["a.tgz", "b.tgz"].map { PlannedChart(name: "web", namespace: "default", path: $0) }
        #expect(throws: BundleBuildError.self) { try plan([], charts: charts) }
        let metrics = PlannedChart(name: "metrics-server", namespace: "default", path: "mine.tgz")
        #expect(throws: BundleBuildError.self) { try plan(["metrics-server"], charts: [metrics]) }
        let manifests = try ["x/app.yaml", "y/app.yaml"].map { try PlannedManifest(file: $0) }
        let error = #expect(throws: BundleBuildError.self) { try plan([], manifests: manifests) }
        #expect(error?.message.contains("y/app.yaml") == true)
    }

    @Test func aPlanKeepsItsAddOnsAsJSON() throws {
        let plan = try plan(["metrics-server"], cni: "flannel")
        let again = try CanonicalJSON.decode(BuildPlan.self, from: CanonicalJSON.encode(plan))
        #expect(again == plan)
    }
}

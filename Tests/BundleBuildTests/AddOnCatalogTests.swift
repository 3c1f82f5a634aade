import BundleBuild
import BundleModel
import Fetch
import Testing

/// bundle-spec/add-ons.json, held to what the code relies on.
struct AddOnCatalogTests {
    private let matrix: VersionMatrix

    init() throws { matrix = try VersionMatrix.embedded() }

    private var addOns: [AddOnDefinition] { matrix.addOns.addOns }

    @Test func everyAddOnOfTheIssueIsThere() {
        let wanted = [
            "cilium", "flannel", "helm", "metrics-server", "ingress-nginx", "dashboard", "kube-vip", "registry",
            "etcdctl", "nerdctl", "e2e-test-image",
        ]
        #expect(Set(addOns.map(\.name)) == Set(wanted))
        #expect(addOns.filter(\.isNetwork).map(\.name) == ["cilium", "flannel"])
    }

    @Test(arguments: CPUArchitecture.allCases)
    func everyVersionOfEveryAddOnPlansWithEachLineThatItIsTestedWith(architecture: CPUArchitecture) throws {
        let sources = try BuiltInSources.load()
        for addOn in addOns {
            for version in addOn.versions {
                for line in version.kubernetes ?? ["1.33"] {
                    let kubernetes = try matrix.kubernetes(selected: .line(line))
                    let choice = AddOnChoice(name: addOn.name, version: version.version)
                    let request = BuildRequest(
                        kubernetes: kubernetes, architecture: architecture,
                        cni: addOn.isNetwork ? .addOn(choice) : .bridge, addOns: addOn.isNetwork ? [] : [choice])
                    let plan = try Resolver(matrix: matrix).resolve(request)
                    let planned = try #require(
                        (plan.addOns + [plan.network].compactMap(\.self)).first {
                            $0.name == addOn.name
                        })
                    #expect(planned.version == version.version)
                    for artifact in planned.artifacts {
                        let url = try sources.url(artifact.source, artifact.path)
                        #expect(!url.contains("{") && artifact.checksumPath?.contains("{") != true, "\(url)")
                        #expect(plan.artifacts.contains(artifact))
                        #expect(try ArtifactCatalog.definition(named: artifact.name)?.kind == artifact.kind)
                    }
                    for image in planned.images + planned.expectedImages {
                        #expect(plan.images.contains { $0.reference == image }, "\(image)")
                    }
                }
            }
        }
    }

    @Test func namesOfArtifactsAreUniqueForTheLock() {
        let names = ArtifactCatalog.all.map(\.name) + addOns.flatMap(\.artifacts).map(\.name)
        #expect(Set(names).count == names.count, "\(names.sorted())")
    }

    @Test func manifestsAndChartsAreArtifactsOfTheirKind() {
        for addOn in addOns {
            func kind(_ name: String) -> Artifact.Kind? { addOn.artifacts.first { $0.name == name }?.kind }
            #expect(addOn.manifests.allSatisfy { kind($0) == .manifest }, "\(addOn.name)")
            #expect(addOn.charts.allSatisfy { kind($0.artifact) == .chart }, "\(addOn.name)")
            let used = addOn.manifests + addOn.charts.map(\.artifact)
            let applied = addOn.artifacts.filter { $0.kind == .manifest || $0.kind == .chart }.map(\.name)
            #expect(Set(used) == Set(applied), "\(addOn.name)")
            #expect(addOn.artifacts.allSatisfy { ($0.members != nil) == ($0.kind == .archive) }, "\(addOn.name)")
        }
    }

    @Test func versionsAscend() {
        for addOn in addOns {
            let keys = addOn.versions.map { $0.version.split(separator: ".").compactMap { Int($0) } }
            for (first, second) in zip(keys, keys.dropFirst()) {
                #expect(first.lexicographicallyPrecedes(second), "\(addOn.name) \(first) \(second)")
            }
        }
    }

    @Test func everyDocumentIsListedAndMeansTheSameAsInTheMatrix() {
        let used = Set(addOns.flatMap(\.sources))
        #expect(used == Set(matrix.addOns.sources.keys))
        #expect(addOns.allSatisfy { !$0.sources.isEmpty })
        for (name, document) in matrix.addOns.sources {
            #expect(matrix.sources[name] ?? document == document, "\(name)")
        }
    }

    @Test func everyTestedLineIsOneOfTheMatrix() {
        let known = Set(matrix.kubernetes.map(\.line))
        for addOn in addOns {
            for version in addOn.versions {
                #expect(Set(version.kubernetes ?? []).isSubset(of: known), "\(addOn.name) \(version.version)")
            }
        }
    }

    @Test func templatesInsideArchivesAreFilledInToo() throws {
        let helm = try #require(try ArtifactCatalog.definition(named: "helm"))
        let filled = helm.filled(version: "3.18.4", architecture: .arm64)
        #expect(filled.path == "helm-v3.18.4-linux-arm64.tar.gz")
        #expect(filled.checksum == "helm-v3.18.4-linux-arm64.tar.gz.sha256sum")
        #expect(filled.placement == .members(["linux-arm64/helm": "usr/local/bin/helm"]))
        #expect(try ArtifactCatalog.definition(named: "nothing-of-that-name") == nil)
    }
}

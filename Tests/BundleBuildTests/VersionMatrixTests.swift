import BundleBuild
import BundleModel
import Testing

struct VersionMatrixTests {
    let matrix: VersionMatrix

    init() throws { matrix = try VersionMatrix.embedded() }

    @Test func rowsOfEachLineCoverEveryPatchOnce() throws {
        for line in matrix.kubernetes {
            for patch in line.patches {
                #expect(line.images.filter { ($0.from...$0.to).contains(patch) }.count == 1, "\(line.line).\(patch)")
            }
        }
    }

    @Test func everyReferenceToADocumentIsListed() {
        let used =
            matrix.kubernetes.flatMap(\.sources) + matrix.containerd.flatMap(\.sources)
            + matrix.calico.flatMap(\.sources)
        #expect(Set(used).isSubset(of: matrix.sources.keys))
    }

    @Test func defaultsOfEveryLineResolveWithoutBreakingARule() throws {
        for line in matrix.kubernetes {
            let version = try SemanticVersion("\(line.line).\(line.latestPatch)")
            let plan = try Resolver(matrix: matrix).resolve(BuildRequest(kubernetes: version))
            #expect(plan.release.containerd == line.containerd)
            #expect(plan.release.controlPlaneImages.contains(plan.release.sandboxImage))
        }
    }

    @Test(arguments: [
        ("1.33.5", "registry.k8s.io/etcd:3.5.21-0"), ("1.33.6", "registry.k8s.io/etcd:3.5.24-0"),
        ("1.28.7", "registry.k8s.io/etcd:3.5.10-0"), ("1.24.0", "k8s.gcr.io/etcd:3.5.3-0"),
        ("1.20.2", "k8s.gcr.io/coredns:1.7.0"), ("1.36.3", "registry.k8s.io/coredns/coredns:v1.14.2"),
    ])
    func patchDecidesTheImages(version: String, image: String) throws {
        let version = try SemanticVersion(version)
        let images = try matrix.kubernetes(version).images.references(kubernetes: version)
        #expect(images.contains(try ImageReference(image)))
        #expect(images.count == 7)
    }

    @Test(arguments: [
        ("1.33.99", ["1.33.11", "1.33.12", "1.33.13"]), ("1.20.0", ["1.20.2"]),
        ("1.22.4", ["1.20.2", "1.24.17", "1.25.16"]), ("1.99.0", ["1.34.11", "1.35.8", "1.36.4"]),
        ("0.9.0", ["1.20.2", "1.24.17", "1.25.16"]), ("1.33.6-rc.1", ["1.33.4", "1.33.5", "1.33.6"]),
    ])
    func unknownVersionNamesTheNearestKnownOnes(version: String, nearest: [String]) throws {
        let version = try SemanticVersion(version)
        let expected = BundleBuildError.unknownVersion(
            "Kubernetes", version, nearest: try nearest.map { try SemanticVersion($0) })
        #expect(throws: expected) { try matrix.kubernetes(version) }
        #expect(expected.category == .unknownVersion)
    }

    @Test func anUnknownCalicoNamesThreeToo() throws {
        let error = try #require(throws: BundleBuildError.self) { try matrix.calico(SemanticVersion(3, 99, 0)) }
        #expect(error.hint.contains("3.30.7, 3.31.7, 3.32.1"))
    }

    @Test(arguments: [("1.6.20", "1.1.5", 2), ("1.7.24", "1.2.2", 2), ("2.1.5", "1.3.3", 3), ("2.3.4", "1.4.3", 3)])
    func containerdRowGivesItsRuncAndConfigVersion(version: String, runc: String, config: Int) throws {
        let version = try SemanticVersion(version)
        let line = try matrix.containerd(version)
        #expect(line.recommendedRunc(patch: version.patch) == (try SemanticVersion(runc)))
        #expect(line.configVersion == config)
    }

    @Test func manifestThatNamesAnotherReleaseKeepsItsTag() throws {
        let release = try matrix.calico(SemanticVersion("3.24.6")).release
        #expect(try release.images().contains(try ImageReference("docker.io/calico/node:v3.24.5")))
    }
}

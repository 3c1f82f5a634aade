import BundleBuild
import BundleModel
import Testing

struct VersionSelectorTests {
    private let matrix: VersionMatrix

    init() throws { matrix = try VersionMatrix.embedded() }

    @Test(arguments: [
        ("v1.33.6", VersionSelector.exact(SemanticVersion(1, 33, 6))), ("v1.33", .line("1.33")),
        ("1.33", .line("1.33")), ("stable", .stable),
        ("1.33.0-rc.1", .exact(SemanticVersion(1, 33, 0, prerelease: ["rc", "1"]))),
    ])
    func wordsForAVersion(text: String, selector: VersionSelector) throws {
        #expect(try VersionSelector(text) == selector)
    }

    @Test(arguments: ["", "v", "1", "newest", "1.x", "1.33-rc", "Stable", "1.033", "v1.33.", "1.33.6.1"])
    func otherWordsAreNoVersion(text: String) {
        #expect(throws: VersionError.malformed(text)) { try VersionSelector(text) }
    }

    @Test func aLineIsItsNewestKnownPatch() throws {
        #expect(try matrix.kubernetes(selected: .line("1.33")) == SemanticVersion(1, 33, 13))
        let kubernetes = SemanticVersion(1, 33, 6)
        #expect(
            try matrix.containerd(selected: .line("2.0"), kubernetes: kubernetes) == SemanticVersion(2, 0, 11))
        #expect(
            try matrix.version(selected: .line("1.2"), of: "runc", in: matrix.runc) == SemanticVersion(1, 2, 9))
    }

    @Test func stableContainerdIsTheNewestThatTheKubernetesLineSupports() throws {
        let found = try matrix.containerd(selected: .stable, kubernetes: SemanticVersion(1, 33, 6))
        #expect(found == SemanticVersion(2, 1, 9))
        #expect(
            try matrix.containerd(selected: .stable, kubernetes: SemanticVersion(1, 20, 2))
                == SemanticVersion(1, 7, 34))
    }

    @Test func stableKubernetesIsNoLineThatWasJustAnnounced() throws {
        let newest = try #require(matrix.kubernetes.last)
        #expect(newest.line == "1.36" && newest.latestPatch >= 2)
        #expect(try matrix.kubernetes(selected: .stable) == SemanticVersion(1, 36, newest.latestPatch))
        var young = matrix
        young.kubernetes[young.kubernetes.count - 1].latestPatch = 1
        #expect(try young.kubernetes(selected: .stable).minorName == "1.35")
        young.kubernetes[young.kubernetes.count - 1].latestPatch = 4
        young.kubernetes[young.kubernetes.count - 1].status = .publishedOnly
        #expect(try young.kubernetes(selected: .stable).minorName == "1.35")
    }

    @Test func aLineThatNobodyKnowsNamesTheKnownOnes() throws {
        let error = try #require(throws: BundleBuildError.self) { try matrix.kubernetes(selected: .line("1.32.")) }
        #expect(error.category == .unknownVersion)
        #expect(error.hint.contains("1.20, 1.24, 1.25"))
        #expect(throws: BundleBuildError.self) {
            try matrix.containerd(selected: .line("9.9"), kubernetes: SemanticVersion(1, 33, 6))
        }
        #expect(throws: BundleBuildError.self) {
            try matrix.version(selected: .line("9.9"), of: "runc", in: matrix.runc)
        }
    }

    @Test func everyStableChoiceResolves() throws {
        var wanted = RequestFile()
        wanted.kubernetes = .stable
        wanted.containerd = .stable
        wanted.network = try CNIChoice("calico")
        for request in try wanted.requests(matrix) {
            let plan = try Resolver(matrix: matrix).resolve(request)
            #expect(plan.release.containerd == SemanticVersion(2, 3, 4))
        }
    }
}

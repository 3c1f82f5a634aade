import BundleBuild
import BundleModel
import Testing

struct LockCheckTests {
    private let plan: BuildPlan
    private let sample: SampleLock

    init() throws {
        plan = try Resolver(matrix: VersionMatrix.embedded()).resolve(
            BuildRequest(kubernetes: SemanticVersion(1, 20, 2)))
        sample = try SampleLock(plan)
    }

    private func toolDifferences(_ change: (inout Lock.Tools) -> Void) -> [String] {
        var tools = SampleLock.tools
        change(&tools)
        return LockCheck(sample.lock()).differences(from: tools, SampleLock.compression)
    }

    private func planDifferences(_ change: (inout BuildPlan) -> Void) -> [String] {
        var asked = plan
        change(&asked)
        return LockCheck(sample.lock()).differences(from: asked)
    }

    private func madeDifferences(_ digest: SHA256Digest, _ change: (inout BundleIndex) -> Void) -> [String] {
        var made = sample.index
        change(&made)
        return LockCheck(sample.lock()).differences(from: made, digest: digest)
    }

    @Test func theSameToolsAndParametersDoNotDiffer() {
        #expect(toolDifferences { _ in } == [])
    }

    @Test func anotherToolIsNamedWithBothVersions() {
        #expect(
            toolDifferences { tools in tools.bundler = SemanticVersion(1, 0, 1) }
                == ["bundler is 1.0.1, locked was 1.0.0"])
        #expect(
            toolDifferences { tools in tools.nodeInstall = nil }
                == ["node-install is none, locked was \(SampleLock.digest("node-install"))"])
        #expect(
            toolDifferences { tools in
                tools.libzstd = "1.5.7"
                tools.libarchive = "3.7.0"
                tools.liblzma = "5.4.1"
            } == [
                "libzstd is 1.5.7, locked was 1.5.4", "libarchive is 3.7.0, locked was 3.6.2",
                "liblzma is 5.4.1, locked was none",
            ])
    }

    @Test func anotherFormatIsNotAlsoAnotherLibrary() {
        var tools = SampleLock.tools
        tools.liblzma = "5.4.1"
        let xz = Compression(format: .xz, level: 3, windowLog: 27)
        let lines = LockCheck(sample.lock()).differences(from: tools, xz)
        #expect(lines == ["compression is xz, locked was zstd"])
    }

    @Test func thePlanThatTheLockIsOfDoesNotDiffer() {
        #expect(planDifferences { _ in } == [])
    }

    @Test func aProgramOfAnotherVersionIsNamedOnce() {
        let lines = planDifferences { asked in
            asked.release.crictl = SemanticVersion(9, 9, 9)
            for index in asked.artifacts.indices where asked.artifacts[index].name == "crictl" {
                asked.artifacts[index].version = "9.9.9"
            }
        }
        #expect(lines.count == 1 && lines.first?.hasPrefix("crictl is 9.9.9, locked was ") == true, "\(lines)")
    }

    @Test func whatIsAskedForAndNotLockedIsNamed() throws {
        let app = try ImageReference("registry.example/app:1")
        let pause = try ImageReference("k8s.gcr.io/pause:3.2")
        let cases: [(line: String, found: [String])] = [
            (
                "architecture is arm64, locked was amd64",
                planDifferences { asked in asked.architecture = .arm64 }
            ),
            (
                "containerd is 9.9.9, locked was ",
                planDifferences { asked in asked.release.containerd = SemanticVersion(9, 9, 9) }
            ),
            (
                "pod network is none, locked was bridge",
                planDifferences { asked in asked.release.cni = CNI(kind: .none) }
            ),
            (
                "OS releases is debian-12, locked was none",
                planDifferences { asked in asked.osReleases = ["debian-12"] }
            ),
            ("extra is ", planDifferences { asked in asked.artifacts[0].name = "extra" }),
            (
                "image registry.example/app:1 is not locked",
                planDifferences { asked in asked.extraImages = [app] }
            ),
            (
                "images with published layers is k8s.gcr.io/pause:3.2, locked was none",
                planDifferences { asked in asked.originalLayers = [pause] }
            ),
        ]
        for (line, found) in cases {
            #expect(found.count == 1 && found.first?.hasPrefix(line) == true, "\(line): \(found)")
        }
    }

    @Test func aChartThatIsRenderedOtherwiseIsNamedWithoutTheValuesOfItsSettings() {
        var asked = plan
        asked.charts = [PlannedChart(name: "web", namespace: "shop", path: "web", settings: ["a": "1", "b": "secret"])]
        var sample = sample
        func lines() -> [String] { LockCheck(sample.lock()).differences(from: asked) }
        #expect(lines() == ["chart web is not locked"])
        var locked = LockedChart(
            name: "web", namespace: "shop", artifact: "chart-web", values: [], settings: ["a": "1", "b": "secret"],
            helm: "3.18.4", path: "web.yaml", size: 1, sha256: SampleLock.digest("web"))
        sample.index.lock.charts = [locked]
        #expect(lines() == [])
        locked.namespace = "web"
        locked.settings = ["b": "other", "c": "2"]
        sample.index.lock.charts = [locked]
        #expect(
            lines() == [
                "namespace of chart web is shop, locked was web", "chart web has other settings: a, b, c",
            ])
    }

    @Test func theFirstPackThatCameOutOtherwiseIsNamed() {
        let (came, was) = (SampleLock.digest("other images"), SampleLock.digest("images"))
        #expect(
            madeDifferences(SampleLock.digest("made")) { made in
                made.packs[1] = SampleLock.pack("images", holding: "other images")
            } == ["pack images is \(came) (5 bytes), locked was \(was) (5 bytes)"])
        // A stream that goes on from another one differs with it: only the first says why.
        let lines = madeDifferences(SampleLock.digest("made")) { made in
            made.packs = ["node", "images"].map { SampleLock.pack($0, holding: "other \($0)") }
        }
        #expect(lines.count == 1 && lines.first?.hasPrefix("pack node is ") == true, "\(lines)")
    }

    @Test func otherPacksAreNamed() {
        #expect(
            madeDifferences(SampleLock.digest("made")) { made in made.packs.removeLast() }
                == ["packs is node, locked was images, node"])
    }

    @Test func anIndexThatDiffersInNothingElseIsNamed() {
        let (came, was) = (SampleLock.digest("made"), SampleLock.digest("index"))
        #expect(
            madeDifferences(came) { _ in } == ["bundle.json is \(came), locked was \(was)"])
        #expect(madeDifferences(was) { _ in } == [])
    }

    @Test func anotherSignerIsSaidAndNotRefused() {
        let (mine, other) = (SampleLock.digest("mine"), SampleLock.digest("other"))
        let check = LockCheck(sample.lock(key: mine))
        #expect(check.note(signedBy: mine) == nil)
        #expect(check.note(signedBy: other)?.contains(KeyFingerprint.text(mine)) == true)
        #expect(check.note(signedBy: nil)?.contains("nobody") == true)
    }
}

import BundleModel
import Fetch
import FoundationEssentials
import Host
import Payload
import Signing
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

@testable import BundleBuild

/// Bundles with manifests, charts and lists of the operator's own; helm is a stand-in (`StandInHelm`).
struct GatherTests {
    private static let app = "registry.example/app:1"
    private static let hello = "registry.example/hello:1"

    private let scratch: ScratchFolder
    private let manifest: FilePath
    private let chart: FilePath
    private let values: FilePath

    init() throws {
        scratch = try ScratchFolder()
        manifest = scratch.file("app.yaml")
        chart = scratch.file("hello")
        values = scratch.file("values.yaml")
        try FileSystem.makeDirectories(scratch.file("out"))
        try AtomicFile.write(Array("kind: Pod\nmetadata: {name: app}\nimage: \(Self.app)\n".utf8), to: manifest)
        try StandInHelm.writeChart(
            "kind: Pod\nmetadata:\n  name: hello\nimage: \(Self.hello)\n", at: chart)
        try AtomicFile.write(Array("replicas: 2".utf8), to: values)
    }

    private func request() -> BuildRequest {
        BuildRequest(
            kubernetes: SemanticVersion(1, 20, 2),
            charts: [
                PlannedChart(
                    name: "hello", namespace: "hello", path: chart.string, values: [values.string],
                    settings: ["a": "1"])
            ],
            manifests: [PlannedManifest(name: "app", path: manifest.string)])
    }

    private func plan(_ request: BuildRequest? = nil) throws -> BuildPlan {
        try Resolver(matrix: VersionMatrix.embedded()).resolve(request ?? self.request())
    }

    @Test func aPlanNamesTheImagesOfManifestsAndSaysThatChartsHaveMore() throws {
        let (plan, mentions) = try plan().readingManifests()
        #expect(mentions == [ImageMention(try ImageReference(Self.app), namedBy: "manifest \(manifest)")])
        #expect(plan.images.contains { $0.reference.description == Self.app && $0.roles == NodeRole.allCases })
        #expect(plan.notes.contains("chart hello: 'make' learns its images when it is rendered"))
    }

    /// The upstream of v1.20.2 with these images beside kubeadm's, and the stand-in in the place of helm.
    private func upstream(_ images: [String]) async throws -> UpstreamFolder {
        let folder = try await UpstreamFolder(scratch.file("upstream"))
        let layout = try SampleLayout(folder.path.pushing("images/more"))
        for name in images { try await layout.add(name, [SampleLayer("own", "layer of \(name)", .gzip)]) }
        let helm = try #require(try plan().artifact(named: AddOnCatalog.helm))
        let place = try folder.location(of: helm, BuiltInSources.load().bases)
        try FileSystem.makeDirectories(place.removingLastComponent())
        try await folder.replace(helm, members: ["linux-amd64/helm": Array(StandInHelm.script.utf8)])
        return folder
    }

    /// The chart of these tests in the place of an add-on's.
    private func publish(_ artifact: PlannedArtifact, in folder: UpstreamFolder) async throws {
        let place = try folder.location(of: artifact, BuiltInSources.load().bases)
        try FileSystem.makeDirectories(place.removingLastComponent())
        try await SystemProcessRunner().require(
            Command("tar", ["-C", chart.string, "-czf", place.string, "."]))
    }

    private func maker(
        _ folder: UpstreamFolder, progress: any ProgressSink = SilentProgress()
    ) throws -> BundleMaker {
        BundleMaker(
            artifacts: FolderArtifacts(folder: folder.path, bases: try BuiltInSources.load().bases),
            images: FolderImages(folder: folder.path.appending("images")), progress: progress)
    }

    private func options(_ name: String) -> MakeOptions {
        MakeOptions(
            output: scratch.file("out").appending(name), head: nil, compression: Compression(level: 1, windowLog: 20),
            createdAt: 1_700_000_000, key: nil,
            tools: Lock.Tools(
                bundler: BundlerVersion.current, nodeInstall: nil, libzstd: "1.5.4", libarchive: "3.6.2"))
    }

    private func left() throws -> [String] { try FileSystem.list(scratch.file("out")) }

    @Test func theBundleHasTheManifestsWhatTheChartsRenderToAndTheirImages() async throws {
        let summary = try await maker(upstream([Self.app, Self.hello])).make(try plan(), options("k8s.run"))
        let index = try BundleFile.open(FilePath(summary.file)).index
        let paths = try #require(index.packs.first { $0.name == "node" }).members.map(\.path)
        let folder = ArtifactCatalog.manifestFolder
        #expect(paths.contains("\(folder)/charts/hello.yaml"))
        #expect(paths.contains("\(folder)/local/app.yaml"))
        #expect(paths.contains("usr/local/bin/helm"))
        #expect(
            index.release.addOns?.flatMap(\.manifests)
                == ["/\(folder)/charts/hello.yaml", "/\(folder)/local/app.yaml"])
        let images = index.lock.images.filter { $0.reference.registry == "registry.example" }
        #expect(images.map(\.reference.description) == [Self.app, Self.hello])
        #expect(images.allSatisfy { $0.roles == NodeRole.allCases })

        let entries = index.lock.artifacts.filter { $0.version == AddOn.localVersion }
        #expect(entries.map(\.name) == ["chart-hello", "manifest-app"])
        #expect(entries.map(\.kind) == [.chart, .manifest])
        #expect(entries.map(\.source) == ["file:hello", "file:app.yaml"])
        #expect(entries.allSatisfy { $0.proof.kind == .local })
        let rendered = try #require(index.lock.charts?.first)
        #expect(index.lock.charts?.count == 1)
        #expect(rendered.artifact == "chart-hello" && rendered.namespace == "hello" && rendered.settings == ["a": "1"])
        #expect(rendered.values.map(\.source) == ["file:values.yaml"])
        #expect(rendered.helm == (try plan().artifact(named: AddOnCatalog.helm)?.version))
        let member = try #require(
            index.packs.flatMap(\.members).first { $0.path == "\(folder)/charts/hello.yaml" })
        #expect(member.sha256 == rendered.sha256 && member.size == rendered.size)
    }

    @Test func howMuchThereIsToGatherIsSaidBeforeItIsThere() async throws {
        let told = RecordedProgress()
        let folder = try await upstream([Self.app, Self.hello])
        let summary = try await maker(folder, progress: told).make(try plan(), options("k8s.run"))
        let lock = try BundleFile.open(FilePath(summary.file)).index.lock
        // Without kubeadm and helm, which say what else there is, and what is here already.
        let fetched = lock.artifacts.count { $0.version != AddOn.localVersion } - 2 + lock.images.count
        let total = UInt64(fetched)
        let gathering = told.events.filter { $0.task == "gather" }
        #expect(gathering.compactMap(\.done) == [0] + Array(1...total) + [total])
        #expect(gathering.allSatisfy { $0.total == total && $0.unit == .items })
    }

    @Test func whatIsNotAppliedIsOnTheNodeAllTheSame() async throws {
        var request = BuildRequest(kubernetes: SemanticVersion(1, 20, 2))
        request.manifests = [PlannedManifest(name: "app", path: manifest.string, apply: false)]
        let summary = try await maker(upstream([Self.app])).make(try plan(request), options("k8s.run"))
        let index = try BundleFile.open(FilePath(summary.file)).index
        #expect(index.release.addOns == nil)
        #expect(index.lock.charts == nil)
        #expect(index.packs.flatMap(\.members).contains { $0.path.hasSuffix("/local/app.yaml") })
        #expect(index.lock.images.contains { $0.reference.description == Self.app })
    }

    @Test func aChartOfAnAddOnIsFetchedRenderedAndLeftBehind() async throws {
        var request = BuildRequest(kubernetes: SemanticVersion(1, 20, 2), allowUntested: true)
        request.addOns = [try AddOnChoice("metrics-server@0.8.1")]
        let asked = try plan(request)
        let artifact = try #require(asked.artifact(named: "metrics-server-chart"))
        let folder = try await upstream([Self.hello])
        try await publish(artifact, in: folder)

        let summary = try await maker(folder).make(asked, options("k8s.run"))
        let index = try BundleFile.open(FilePath(summary.file)).index
        let rendered = try #require(index.lock.charts?.first)
        #expect(rendered.artifact == artifact.name && rendered.namespace == "kube-system")
        #expect(index.lock.artifacts.first { $0.name == artifact.name }?.kind == .chart)
        let paths = index.packs.flatMap(\.members).map(\.path)
        #expect(paths.contains(rendered.path))
        #expect(!paths.contains { $0.hasSuffix(".tgz") })
        #expect(index.release.addOns?.contains { $0.manifests == ["/\(rendered.path)"] } == true)
        // What the chart really names, not what is expected of it.
        let images = Set(index.lock.images.map(\.reference))
        let hello = try ImageReference(Self.hello)
        #expect(images.contains(hello))
        #expect(images.isDisjoint(with: asked.addOns.flatMap(\.expectedImages)))
        #expect(summary.notes.contains { $0.hasPrefix("metrics-server's manifests name other images") })
    }

    @Test func whatIsAskedForComesWhereAnAddOnWasOnlyExpectedToNameIt() async throws {
        var request = BuildRequest(kubernetes: SemanticVersion(1, 20, 2), allowUntested: true)
        request.addOns = [try AddOnChoice("metrics-server@0.8.1")]
        let expected = try #require(try plan(request).addOns.flatMap(\.expectedImages).first)
        request.extraImages = [expected]
        let asked = try plan(request)
        let folder = try await upstream([Self.hello, expected.description])
        try await publish(try #require(asked.artifact(named: "metrics-server-chart")), in: folder)
        let summary = try await maker(folder).make(asked, options("k8s.run"))
        let index = try BundleFile.open(FilePath(summary.file)).index
        #expect(index.lock.images.contains { $0.reference == expected })
    }

    @Test func everyImageThatIsNowhereIsNamedWithWhoWantsIt() async throws {
        let listed = ImageMention(try ImageReference("registry.example/listed:1"), namedBy: "images.txt line 1")
        var request = request()
        request.extraImages = [listed.reference, try ImageReference("registry.example/asked:1")]
        let asked = try plan(request)
        let maker = try await maker(upstream([]))
        let error = try await #require(throws: BundleBuildError.self) {
            try await maker.make(asked, options("k8s.run"), listed: [listed])
        }
        guard case .incomplete(let lines) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(lines.count == 4)
        #expect(lines.contains { $0.hasPrefix("\(Self.app) (named by manifest file:app.yaml): ") })
        #expect(lines.contains { $0.hasPrefix("\(Self.hello) (named by chart hello): ") })
        #expect(lines.contains { $0.hasPrefix("registry.example/listed:1 (named by images.txt line 1): ") })
        #expect(lines.contains { $0.hasPrefix("registry.example/asked:1 (named by --image): ") })
        #expect(error.category == .missingArtifact)
        #expect(try left() == [])
    }

    @Test func theLockGivesTheSameBytesOfCharts() async throws {
        let maker = try await maker(upstream([Self.app, Self.hello]))
        let first = try await maker.make(try plan(), options("first.run"))
        // Of a file with an absolute path the lock has the name only.
        var lock = try BundleLock(reading: options("first.run").lockPath)
        lock = try absolute(lock)
        let again = try await gathered(maker, lock)
        let index = try BundleFile.open(FilePath(first.file)).index
        #expect(again.rendered.map(\.file.sha256) == index.lock.charts?.map(\.sha256))
        #expect(again.entries.map(\.sha256) == index.lock.artifacts.map(\.sha256))

        try StandInHelm.writeChart("kind: Pod\nmetadata:\n  name: other\n", at: chart)
        let pinned = lock
        let error = try await #require(throws: BundleBuildError.self) { try await gathered(maker, pinned) }
        #expect(error.category == .upstreamMismatch)
        #expect(error.message.contains("chart"))
    }

    @Test func aChangedManifestCannotKeepALock() async throws {
        let maker = try await maker(upstream([Self.app, Self.hello]))
        _ = try await maker.make(try plan(), options("first.run"))
        let lock = try absolute(BundleLock(reading: options("first.run").lockPath))
        try AtomicFile.write(Array("kind: Pod\n".utf8), to: manifest)
        let error = try await #require(throws: BundleBuildError.self) { try await gathered(maker, lock) }
        #expect(error.message.contains("manifest file:"))
        #expect(error.category == .upstreamMismatch)
    }

    @Test func aChartThatHelmRefusesLeavesNothingBehind() async throws {
        let maker = try await maker(upstream([Self.app, Self.hello]))
        try AtomicFile.write(Array("Error: values are wrong".utf8), to: chart.appending("refused"))
        let asked = try plan()
        let error = try await #require(throws: BundleBuildError.self) {
            try await maker.make(asked, options("k8s.run"))
        }
        #expect(error.message.contains("Error: values are wrong"))
        #expect(try left() == [])
    }

    @Test func aPlanWithoutHelmCannotRender() async throws {
        let maker = try await maker(upstream([Self.app, Self.hello]))
        var asked = try plan()
        asked.artifacts.removeAll { $0.name == AddOnCatalog.helm }
        let request = asked
        let error = try await #require(throws: BundleBuildError.self) {
            try await maker.make(request, options("k8s.run"))
        }
        #expect(error.message == "helm, which renders chart hello, is not in this bundle")
        #expect(error.category == .missingArtifact)
    }

    @Test func theOrderOfTheLockDoesNotDependOnWhatEndsFirst() async throws {
        let folder = try await upstream([Self.app, Self.hello])
        let one = BundleMaker(
            artifacts: FolderArtifacts(folder: folder.path, bases: try BuiltInSources.load().bases),
            images: FolderImages(folder: folder.path.appending("images")), concurrency: 1, progress: SilentProgress())
        let first = try await one.make(try plan(), options("one.run"))
        let second = try await maker(folder).make(try plan(), options("many.run"))
        #expect(try FileSystem.read(FilePath(first.file)) == FileSystem.read(FilePath(second.file)))
    }

    @Test(arguments: [
        ("k8s.run", "k8s-arm64.run"), ("out/k8s-v1.33.6.run", "out/k8s-v1.33.6-arm64.run"),
        ("/srv/k8s-v1.33.6", "/srv/k8s-v1.33.6-arm64"), ("k8s", "k8s-arm64"),
    ])
    func eachArchitectureHasAFileOfItsOwn(_ output: String, _ expected: String) {
        #expect(MakeOptions.output(FilePath(output), for: .arm64).string == expected)
    }

    /// The lock as if it had been made of relative paths, and this folder were the one at hand.
    private func absolute(_ lock: BundleLock) throws -> BundleLock {
        var lock = lock
        func here(_ source: String) -> String { "file:\(scratch.file(String(source.dropFirst("file:".count))))" }
        for number in lock.lock.artifacts.indices where lock.lock.artifacts[number].version == AddOn.localVersion {
            lock.lock.artifacts[number].source = here(lock.lock.artifacts[number].source)
        }
        lock.lock.charts = lock.lock.charts?.map { chart in
            var chart = chart
            chart.values = chart.values.map { LockedChart.Values(source: here($0.source), sha256: $0.sha256) }
            return chart
        }
        return lock
    }

    private func gathered(_ maker: BundleMaker, _ lock: BundleLock) async throws -> GatheredContent {
        let workspace = try Workspace(beside: scratch.file("out").appending("again.run"))
        defer { workspace.remove() }
        return try await maker.gather(lock, workspace: workspace)
    }
}

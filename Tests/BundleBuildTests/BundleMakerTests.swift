import BundleModel
import Fetch
import FoundationEssentials
import Host
import Payload
import Signing
import Synchronization
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

@testable import BundleBuild

#if canImport(Glibc)
    import Glibc
#endif

struct BundleMakerTests {
    let scratch: ScratchFolder
    let key: SigningKey
    let plan: BuildPlan

    init() throws {
        scratch = try ScratchFolder()
        key = try SigningKey.generate()
        plan = try Resolver(matrix: VersionMatrix.embedded()).resolve(
            BuildRequest(kubernetes: SemanticVersion(1, 20, 2)))
    }

    private func maker(_ folder: FilePath) throws -> BundleMaker {
        BundleMaker(
            artifacts: FolderArtifacts(folder: folder, bases: try BuiltInSources.load().bases),
            images: FolderImages(folder: folder.appending("images")), progress: SilentProgress())
    }

    private func options(_ name: String, zstd: String = "1.5.4", at epoch: UInt64 = 1_700_000_000) -> MakeOptions {
        MakeOptions(
            output: scratch.path.appending("out").appending(name), head: nil,
            compression: Compression(level: 1, windowLog: 20), createdAt: epoch, key: key,
            tools: Lock.Tools(
                bundler: BundlerVersion.current, nodeInstall: nil, libzstd: zstd, libarchive: "3.6.2"))
    }

    private func upstream(listed: [String] = UpstreamFolder.images) async throws -> UpstreamFolder {
        try FileSystem.makeDirectories(scratch.path.appending("out"))
        return try await UpstreamFolder(scratch.path.appending("upstream"), listed: listed)
    }

    private func left() throws -> [String] { try FileSystem.list(scratch.path.appending("out")) }

    @Test func bundleHoldsEveryProgramAndImageAtItsPlace() async throws {
        let folder = try await upstream()
        let summary = try await maker(folder.path).make(plan, options("k8s.run"))
        let bundle = try BundleFile.open(FilePath(summary.file))
        _ = try TrustPolicy(keys: [key.verifyingKey]).evaluate(
            signatures: bundle.signatures, over: bundle.indexBytes)
        try await bundle.verifyPacks(bundle.index.packs, threads: 0)

        let node = try #require(bundle.index.packs.first { $0.name == "node" }).members.map(\.path)
        #expect(
            node == [
                "opt/cni/bin/bridge", "opt/cni/bin/host-local", "usr/local/bin/containerd",
                "usr/local/bin/containerd-shim-runc-v2", "usr/local/bin/crictl", "usr/local/bin/ctr",
                "usr/local/bin/kubeadm", "usr/local/bin/kubectl", "usr/local/bin/kubelet", "usr/local/bin/runc",
                "usr/local/share/kubeferry/sbom.spdx.json",
            ])
        let images = try #require(bundle.index.packs.first { $0.name == "images" })
        #expect(images.parts?.map(\.name) == ["documents", "layers", "layers-control-plane"])
        // A manifest and a config each; a layer each, and the one that all share.
        #expect(images.parts?.map(\.members) == [7 * 2, 3 + 1, 4])
        #expect(images.parts?.map(\.roles) == [[], [], [.master]])
        #expect(bundle.index.release.sandboxImage == (try ImageReference("k8s.gcr.io/pause:3.2")))
        #expect(bundle.index.lock.artifacts.allSatisfy { $0.proof.kind == .publishedChecksum })
        #expect(try left() == ["k8s.run", "k8s.run.lock.json", "k8s.run.sha256", "k8s.run.sha256.sig"])
    }

    @Test func lockGivesTheSameBytesLater() async throws {
        let folder = try await upstream()
        let first = try await maker(folder.path).make(plan, options("first.run"))
        let lock = try BundleLock(reading: options("first.run").lockPath)
        let again = try await maker(folder.path).remake(lock, options("again.run", at: 1_800_000_000))
        #expect(try FileSystem.read(FilePath(first.file)) == FileSystem.read(FilePath(again.file)))
    }

    @Test func lockOfOtherToolsIsRefusedNamingThem() async throws {
        let folder = try await upstream()
        _ = try await maker(folder.path).make(plan, options("first.run"))
        let lock = try BundleLock(reading: options("first.run").lockPath)
        let expected = BundleBuildError.lockMismatch(["libzstd is 1.5.7, locked was 1.5.4"])
        await #expect(throws: expected) { try await maker(folder.path).remake(lock, options("x.run", zstd: "1.5.7")) }
        #expect(try left().allSatisfy { $0.hasPrefix("first.run") })
    }

    @Test func artifactThatChangedSinceTheLockIsRefused() async throws {
        let folder = try await upstream()
        _ = try await maker(folder.path).make(plan, options("first.run"))
        let lock = try BundleLock(reading: options("first.run").lockPath)
        let kubelet = try #require(plan.artifact(named: "kubelet"))
        let place = try folder.location(of: kubelet, BuiltInSources.load().bases)
        try AtomicFile.write(Array("another".utf8), to: place)
        try FileSystem.remove(FilePath(place.string + ".sha256"))
        let error = await #expect(throws: BundleBuildError.self) {
            try await maker(folder.path).remake(lock, options("x.run"))
        }
        #expect(error?.category == .upstreamMismatch)
    }

    @Test func contentThatDiffersFromItsPublishedChecksumLeavesNothingBehind() async throws {
        let folder = try await upstream()
        let runc = try #require(plan.artifact(named: "runc"))
        try AtomicFile.write(Array("bad".utf8), to: folder.location(of: runc, BuiltInSources.load().bases))
        let error = await #expect(throws: BundleBuildError.self) {
            try await maker(folder.path).make(plan, options("k8s.run"))
        }
        #expect(error?.category == .upstreamMismatch)
        #expect(try left() == [])
    }

    @Test func kubeadmThatWantsOtherImagesIsRefusedNamingBothSides() async throws {
        let listed = UpstreamFolder.images.map { $0.replacing("pause:3.2", with: "pause:3.1") }
        let folder = try await upstream(listed: listed)
        let error = await #expect(throws: BundleBuildError.self) {
            try await maker(folder.path).make(plan, options("k8s.run"))
        }
        #expect(error?.message.contains("pause:3.1") == true)
        #expect(error?.message.contains("pause:3.2") == true)
        #expect(try left() == [])
    }

    @Test func failureToWriteLeavesWhatWasThereBefore() async throws {
        let folder = try await upstream()
        // A file cannot take a folder's place.
        try FileSystem.makeDirectories(scratch.path.appending("out").appending("k8s.run"))
        try AtomicFile.write(Array("mine".utf8), to: options("k8s.run").lockPath)
        let error = await #expect(throws: HostError.self) {
            try await maker(folder.path).make(plan, options("k8s.run"))
        }
        #expect(error?.message.contains("k8s.run") == true)
        #expect(try left() == ["k8s.run", "k8s.run.lock.json"])
        #expect(try FileSystem.text(options("k8s.run").lockPath) == "mine")
    }

    /// Cancels the task that works on the bundle as its file is begun.
    private final class CancellingSink: ProgressSink {
        private let cancel = Mutex<(@Sendable () -> Void)?>(nil)

        func onWrite(_ cancel: @escaping @Sendable () -> Void) { self.cancel.withLock { $0 = cancel } }

        func report(_ event: ProgressEvent) {
            guard event.kind == .started, event.task == "write bundle" else { return }
            while true {
                if let cancel = cancel.withLock({ $0 }) { return cancel() }
                usleep(1000)
            }
        }
    }

    @Test func whoStopsItAtTheEndFindsWhatWasThereBefore() async throws {
        let folder = try await upstream()
        let request = options("k8s.run")
        try AtomicFile.write(Array("mine".utf8), to: request.output)
        let sink = CancellingSink()
        let maker = BundleMaker(
            artifacts: FolderArtifacts(folder: folder.path, bases: try BuiltInSources.load().bases),
            images: FolderImages(folder: folder.path.appending("images")), progress: sink)
        let plan = plan
        let task = Task { try await maker.make(plan, request) }
        sink.onWrite { task.cancel() }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try left() == ["k8s.run"])
        #expect(try FileSystem.text(request.output) == "mine")
    }

    @Test func lockOfAnotherCompressionIsRefusedNamingBoth() async throws {
        let folder = try await upstream()
        _ = try await maker(folder.path).make(plan, options("first.run"))
        let lock = try BundleLock(reading: options("first.run").lockPath)
        var other = options("x.run")
        other.compression = Compression(level: 1, windowLog: 21)
        let request = other
        let expected = BundleBuildError.lockMismatch(["compression window is 2^21, locked was 2^20"])
        await #expect(throws: expected) { try await maker(folder.path).remake(lock, request) }
    }

    @Test func imagesThatKeepTheirLayersAreInTheLock() async throws {
        let folder = try await upstream()
        var plan = plan
        let pause = try ImageReference("k8s.gcr.io/pause:3.2")
        plan.originalLayers = [pause]
        let first = try await maker(folder.path).make(plan, options("first.run"))
        let lock = try BundleLock(reading: options("first.run").lockPath)
        #expect(lock.lock.images.filter { $0.layers == .original }.map(\.reference) == [pause])
        let again = try await maker(folder.path).remake(lock, options("again.run"))
        #expect(try FileSystem.read(FilePath(first.file)) == FileSystem.read(FilePath(again.file)))

        plan.originalLayers = [try ImageReference("k8s.gcr.io/pause:3.1")]
        let request = plan
        let error = await #expect(throws: BundleBuildError.self) {
            try await maker(folder.path).make(request, options("x.run"))
        }
        #expect(error?.message.contains("--original-layers 'k8s.gcr.io/pause:3.1'") == true)
    }

    @Test func aLayerThatIsNotWhatItsConfigSaysLeavesNothingBehind() async throws {
        let folder = try await upstream()
        let layout = try SampleLayout(folder.path.appending("images").appending("more"))
        let name = "registry.example/app:1"
        try await layout.add(name, [SampleLayer("a", "a", .gzip)]) { $1.rootfs.diffIDs[0] = $0.config.digest }
        var plan = plan
        plan.images.append(PlannedImage(reference: try ImageReference(name), roles: NodeRole.allCases))
        let request = plan
        let error = await #expect(throws: BundleBuildError.self) {
            try await maker(folder.path).make(request, options("k8s.run"))
        }
        #expect(error?.message.contains("\(name): layer 1 of 1") == true)
        #expect(error?.category == .upstreamMismatch)
        #expect(try left() == [])
    }

    @Test func missingImageIsNamed() async throws {
        let folder = try await upstream()
        var plan = plan
        plan.images.append(PlannedImage(reference: try ImageReference("registry.example/app:1"), roles: [.worker]))
        let request = plan
        let error = await #expect(throws: BundleBuildError.self) {
            try await maker(folder.path).make(request, options("k8s.run"))
        }
        #expect(error?.message.contains("registry.example/app:1") == true)
        #expect(try left() == [])
    }

    @Test func ofSeveralNoneTakesItsPlaceBeforeAllAreWhole() async throws {
        let maker = try maker(try await upstream().path)
        do {
            let first = try await maker.prepare(plan, options("a.run"))
            #expect(try left().count == 1 && left().allSatisfy { $0.hasPrefix(".a.run.") && $0.hasSuffix(".work") })
            let second = try await maker.prepare(plan, options("b.run"))
            try await SealedBundle.place([first, second])
            #expect(first.summary.size == (try FileSystem.status(FilePath(first.summary.file))?.size))
        }
        let names = ["a.run", "b.run"].flatMap { [$0, "\($0).lock.json", "\($0).sha256", "\($0).sha256.sig"] }
        #expect(try left() == names)
    }

    @Test func whereOneOfSeveralFailsNothingIsLeft() async throws {
        let maker = try maker(try await upstream().path)
        var other = plan
        other.images.append(PlannedImage(reference: try ImageReference("registry.example/app:1"), roles: [.worker]))
        let requests = [(plan: plan, options: options("a.run")), (plan: other, options: options("b.run"))]
        await #expect(throws: BundleBuildError.self) { try await maker.make(requests) }
        #expect(try left() == [])
    }

    @Test func aBundleThatIsGivenUpLeavesNothingWhileItIsHeld() async throws {
        let sealed = try await maker(try await upstream().path).prepare(plan, options("a.run"))
        #expect(try left() != [])
        sealed.discard()
        #expect(try left() == [])
        withExtendedLifetime(sealed) {}
    }
}

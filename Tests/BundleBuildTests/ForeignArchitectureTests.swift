import BundleModel
import Fetch
import Host
import Payload
import Signing
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

@testable import BundleBuild

/// Bundles for another architecture than this machine's. Its kubeadm does not run here, and this machine's is asked:
/// both are stand-ins, scripts that list images (`UpstreamFolder`).
struct ForeignArchitectureTests {
    private static let foreign = CPUArchitecture.host == .amd64 ? CPUArchitecture.arm64 : .amd64
    /// What a kubeadm lists that wants another pause image than the matrix expects.
    private static let newer = UpstreamFolder.images.map { $0.replacing("pause:3.2", with: "pause:3.9") }

    private let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
        try FileSystem.makeDirectories(scratch.file("out"))
    }

    /// - Parameter isVerified: as the matrix says it of patches that it has seen.
    private func plan(isVerified: Bool) throws -> BuildPlan {
        var plan = try Resolver(matrix: VersionMatrix.embedded()).resolve(
            BuildRequest(kubernetes: SemanticVersion(1, 20, 2), architecture: Self.foreign))
        plan.imagesVerified = isVerified
        return plan
    }

    private func upstream(listed: [String] = UpstreamFolder.images) async throws -> UpstreamFolder {
        try await UpstreamFolder(scratch.file("upstream"), listed: listed, architectures: CPUArchitecture.allCases)
    }

    private func kubeadm(_ folder: UpstreamFolder, for architecture: CPUArchitecture) throws -> FilePath {
        let definition = try #require(try ArtifactCatalog.definition(named: "kubeadm"))
        let artifact = PlannedArtifact(definition, version: SemanticVersion(1, 20, 2), architecture: architecture)
        return try folder.location(of: artifact, BuiltInSources.load().bases)
    }

    private func make(_ folder: UpstreamFolder, _ plan: BuildPlan, _ name: String) async throws -> MakeSummary {
        let maker = BundleMaker(
            artifacts: FolderArtifacts(folder: folder.path, bases: try BuiltInSources.load().bases),
            images: FolderImages(folder: folder.path.appending("images")), progress: SilentProgress())
        return try await maker.make(
            plan,
            MakeOptions(
                output: scratch.file("out").appending(name), head: nil,
                compression: Compression(level: 1, windowLog: 20), createdAt: 1_700_000_000, key: nil,
                tools: Lock.Tools(
                    bundler: BundlerVersion.current, nodeInstall: nil, libzstd: "1.5.4", libarchive: "3.6.2")))
    }

    private func left() throws -> [String] { try FileSystem.list(scratch.file("out")) }

    @Test func thisMachinesKubeadmIsAskedAndStaysBehind() async throws {
        let folder = try await upstream(listed: Self.newer)
        let layer = SampleLayer("own", "a newer pause", .gzip)
        try await SampleLayout(folder.path.pushing("images/more"))
            .add(
                "k8s.gcr.io/pause:3.9",
                forEach: CPUArchitecture.allCases.map { (architecture: $0, layers: [layer]) })
        let summary = try await make(folder, try plan(isVerified: false), "k8s.run")
        let index = try BundleFile.open(FilePath(summary.file)).index
        #expect(index.architecture == Self.foreign)
        #expect(Set(index.release.controlPlaneImages.map(\.description)) == Set(Self.newer))
        #expect(index.release.sandboxImage.description == "k8s.gcr.io/pause:3.9")
        #expect(Set(index.lock.images.map(\.reference.description)) == Set(Self.newer))
        #expect(summary.notes.contains { $0.contains("kubeadm's own list was taken") })

        let digest = try SHA256Hasher.hash(file: kubeadm(folder, for: Self.foreign))
        let members = index.packs.flatMap(\.members).filter { $0.path.hasSuffix("/kubeadm") }
        #expect(members.compactMap(\.sha256) == [digest])
        #expect(index.lock.artifacts.filter { $0.name == "kubeadm" }.map(\.sha256) == [digest])
        #expect(index.lock.artifacts.allSatisfy { !$0.source.contains(CPUArchitecture.host.rawValue) })
    }

    @Test func anotherListThanTheMatrixHasSeenIsRefused() async throws {
        let folder = try await upstream(listed: Self.newer)
        let plan = try plan(isVerified: true)
        let error = await #expect(throws: BundleBuildError.self) { try await make(folder, plan, "k8s.run") }
        #expect(error?.message.contains("pause:3.9") == true && error?.message.contains("pause:3.2") == true)
        #expect(error?.category == .upstreamMismatch)
        #expect(try left() == [])
    }

    @Test func thisMachinesKubeadmIsHeldAgainstItsChecksum() async throws {
        let folder = try await upstream()
        let path = try kubeadm(folder, for: .host)
        try AtomicFile.write(Array("#!/bin/sh\necho k8s.gcr.io/pause:3.2\n".utf8), to: path)
        for isVerified in [true, false] {
            let plan = try plan(isVerified: isVerified)
            let error = await #expect(throws: BundleBuildError.self) { try await make(folder, plan, "k8s.run") }
            #expect(error?.message.contains("/\(CPUArchitecture.host.rawValue)/kubeadm") == true)
            #expect(error?.category == .upstreamMismatch)
        }
        #expect(try left() == [])
    }

    @Test func withoutAKubeadmToAskNothingIsGuessed() async throws {
        let folder = try await upstream()
        try FileSystem.remove(kubeadm(folder, for: .host))
        let plan = try plan(isVerified: false)
        let error = await #expect(throws: BundleBuildError.self) { try await make(folder, plan, "k8s.run") }
        #expect(error?.category == .missingArtifact)
        let (own, other) = (CPUArchitecture.host.rawValue, Self.foreign.rawValue)
        #expect(error?.message.contains("the images of Kubernetes 1.20.2 for \(other)") == true)
        #expect(error?.message.contains("/\(own)/kubeadm is not in \(folder.path)") == true)
        #expect(error?.hint.contains("kubeadm 1.20.2 for \(own)") == true)
        #expect(error?.hint.contains("on \(other)") == true)
        #expect(try left() == [])
    }

    @Test func withoutAKubeadmToAskImagesThatTheMatrixHasSeenAreTaken() async throws {
        let folder = try await upstream()
        try FileSystem.remove(kubeadm(folder, for: .host))
        let plan = try plan(isVerified: true)
        let summary = try await make(folder, plan, "k8s.run")
        let index = try BundleFile.open(FilePath(summary.file)).index
        #expect(Set(index.lock.images.map(\.reference.description)) == Set(UpstreamFolder.images))
        #expect(summary.notes.contains { $0.hasSuffix("its image list is the matrix's") })
    }

    @Test func theReleaseIsTheSameWhoeverNamesItsImages() async throws {
        let folder = try await upstream(listed: UpstreamFolder.images.reversed())
        let plan = try plan(isVerified: true)
        let asked = try await make(folder, plan, "asked.run")
        try FileSystem.remove(kubeadm(folder, for: .host))
        let known = try await make(folder, plan, "known.run")
        #expect(asked.notes != known.notes)
        #expect(asked.releaseID == known.releaseID)
    }
}

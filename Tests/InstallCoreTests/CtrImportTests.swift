import BundleModel
import ContainerdTestSupport
import Host
import SystemPackage
import Testing
import UpstreamTestSupport

@testable import InstallCore

/// `ctr images import`, the real one, on what the step gives it.
@Suite(.enabled(if: ContainerdVersion.canRun(ContainerdVersion.distribution), "SKIPPED: needs root and containerd"))
struct CtrImportTests {
    /// The node's ctr, led to another containerd.
    private struct Led: ProcessRunner {
        let containerd: ContainerdInstance

        func run(_ command: Command) async throws -> CommandResult {
            guard command.executable == NodePaths.binary("ctr") else {
                throw NoPrograms.Unexpected(command: command.description)
            }
            // The step says the namespace, and containerd the snapshotter that works on every file system.
            var arguments = Array(command.arguments.dropFirst(2))
            if ["import", "check"].contains(arguments[1]) { arguments.insert("--snapshotter=native", at: 2) }
            return try await containerd.ctr(arguments, input: command.input)
        }
    }

    @Test(arguments: NodeRole.allCases)
    func theStepLoadsEveryImageAndFindsItAgain(_ role: NodeRole) async throws {
        try await ContainerdInstance.with(ContainerdVersion.distribution) { try await loadAndFind($0, role) }
    }

    private func loadAndFind(_ containerd: ContainerdInstance, _ role: NodeRole) async throws {
        let scratch = try Scratch()
        try scratch.leadSocket(to: containerd)
        let sample = try await SampleImages(scratch.path)
        let runner = Led(containerd: containerd)
        let target = InstallTarget(
            context: scratch.context(runner), content: sample,
            options: try InstallOptions(
                role: role, nodeIP: nil, podCIDR: nil, serviceCIDR: nil, verifiesFirst: true,
                configuration: NodeConfiguration()),
            node: try Fixture.node(),
            services: ServiceHooks(
                mastersFile: { Array($0.joined().utf8) }, clusterObjects: { _, _ in Array("{}".utf8) }))
        let step = ImagesStep()
        #expect(try await step.missing(target) == target.bundleImages.images)
        let journal = try await Journal(scratch.root, clock: FixedWallClock(secondsSince1970: 0))
        try await step.apply(InstallRun(target: target, journal: journal))
        #expect(try await step.verify(target) == nil)
        #expect(try await !containerd.require("namespaces", "list").contains(ImportMark.label))

        // As it was published where the layers were kept, under a digest of ctr's own elsewhere.
        let table = ImageTable(try await containerd.require("images", "check", "--snapshotter=native"))
        for image in target.bundleImages.images {
            let digest = try #require(table.complete[image.reference.description], "\(image.reference)")
            let isPublished = digest == image.digest.description || digest == image.manifest.description
            let isRewritten = image.layers == .unpacked && image.reference.repository != "nothing"
            #expect(isPublished != isRewritten, "\(image.reference)")
        }
        // One that goes is the one that is missing.
        let gone = try #require(target.bundleImages.images.first)
        try await containerd.require("images", "rm", "--sync", gone.reference.description)
        #expect(try await step.missing(target) == [gone])
        try await step.apply(InstallRun(target: target, journal: journal))
        #expect(try await step.missing(target) == [])
        // What an import of another boot has left is loaded anew.
        try await containerd.require("namespaces", "label", "k8s.io", "\(ImportMark.label)=another-boot")
        #expect(try await step.missing(target) == target.bundleImages.images)
        try await step.apply(InstallRun(target: target, journal: journal))
        #expect(try await step.missing(target) == [])
    }

    @Test func anImageThatIsAskedForByDigestIsNotLoadedUnderAnother() throws {
        let scratch = try Scratch()
        var target = try Fixture.target(scratch)
        #expect(throws: Never.self) { try CtrRoute.requireLoadable(target.bundleImages.images) }
        var index = target.index
        index.lock.images[0].reference = try ImageReference("r.example/a@\(Fixture.digest?.description ?? "")")
        target = InstallTarget(
            context: target.context, content: EmptyBundle(index: index), options: target.options, node: target.node,
            services: target.services)
        let error = #expect(throws: InstallError.self) { try CtrRoute.requireLoadable(target.bundleImages.images) }
        #expect(error?.hint.contains("--original-layers") == true)
        index.lock.images[0].layers = .original
        target = InstallTarget(
            context: target.context, content: EmptyBundle(index: index), options: target.options, node: target.node,
            services: target.services)
        #expect(throws: Never.self) { try CtrRoute.requireLoadable(target.bundleImages.images) }
    }
}

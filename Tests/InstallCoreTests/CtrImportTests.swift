import BundleModel
import ContainerdTestSupport
import Host
import SystemPackage
import Testing
import UpstreamTestSupport

@testable import InstallCore

/// `ctr images import`, the real one, on what the step gives it.
@Suite(.serialized, .enabled(if: !ContainerdVersion.runnable.isEmpty, "SKIPPED: needs root and containerd"))
struct CtrImportTests {
    /// The node's ctr, led to another containerd.
    private struct Led: ProcessRunner {
        let containerd: ContainerdInstance

        func run(_ command: Command) async throws -> CommandResult {
            guard command.executable == NodePaths.binary("ctr") else {
                throw NoPrograms.Unexpected(command: command.description)
            }
            var arguments = Array(command.arguments.dropFirst(2))
            // The step says the namespace.
            if ["import", "check"].contains(arguments[1]) { arguments.insert(contentsOf: snapshotter, at: 2) }
            return try await containerd.ctr(arguments, input: command.input)
        }

        /// The one that works on every file system, where ctr lets its caller choose: version 2 unpacks for those alone
        /// that containerd's configuration names.
        private var snapshotter: [String] { containerd.version.isTwo ? [] : ["--snapshotter=native"] }

        func table() async throws -> ImageTable {
            let result = try await containerd.ctr(["images", "check"] + snapshotter)
            try #require(result.status == 0, "\(result.ending)")
            return ImageTable(result.standardOutput)
        }
    }

    @Test(arguments: ContainerdVersion.runnable, NodeRole.allCases)
    func theStepLoadsEveryImageAndFindsItAgain(_ binaries: FilePath, _ role: NodeRole) async throws {
        try await ContainerdInstance.with(binaries) { try await loadAndFind($0, role) }
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
        let table = try await runner.table()
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

    /// CRI looks for `NAME:TAG@DIGEST` by the digest alone.
    ///
    /// - Parameter isShared: another image has the tag.
    @Test(arguments: ContainerdVersion.runnable, [false, true])
    func aPinnedImageIsFoundByItsDigest(_ binaries: FilePath, _ isShared: Bool) async throws {
        let scratch = try Scratch()
        var sample = try await SampleImages(scratch.path)
        let images = sample.index.lock.images
        let kept = try #require(images.firstIndex { $0.layers == .original })
        let other = try #require(images.firstIndex { $0.reference.repository == "docker" })
        let (tag, digest) = (images[kept].reference.description, images[kept].digest)
        sample.index.lock.images[kept].reference = try ImageReference("\(tag)@\(digest)")
        if isShared { sample.index.lock.images[other].reference = images[kept].reference }
        let pinned = sample.index.lock.images[kept]
        let bundle = BundleImages(sample, role: .master)
        let byDigest = "\(pinned.reference.name)@\(digest)"
        try await ContainerdInstance.with(binaries) { containerd in
            let runner = Led(containerd: containerd)
            try scratch.leadSocket(to: containerd)
            var place = ContainerdPlace()
            place.root = scratch.root
            let route = CtrRoute(
                place: place, runner: runner, logger: scratch.context(NoPrograms()).logger)
            try await route.load(bundle.images, of: bundle, SilentProgress())
            #expect(try await route.missing(bundle.images, of: bundle) == [])
            let table = try await runner.table()
            #expect(table.digest(byDigest) == digest.description)
            #expect(table.digest(tag) != nil && (table.digest(tag) == digest.description) != isShared)
            #expect(table.complete[pinned.reference.description] == nil)
            let listing = try await containerd.require("images", "ls").split(separator: "\n")
            for name in [tag, byDigest] {
                let line = listing.first { $0.hasPrefix("\(name) ") }
                #expect(line?.contains("io.cri-containerd.pinned=pinned") == true, "\(name)")
            }
            // The one without the other is not all of it.
            for name in isShared ? [byDigest] : [tag, byDigest] {
                try await containerd.require("images", "rm", "--sync", name)
                #expect(try await route.missing(bundle.images, of: bundle) == [pinned], "\(name)")
                try await route.load([pinned], of: bundle, SilentProgress())
                #expect(try await route.missing(bundle.images, of: bundle) == [], "\(name)")
            }
            try await route.forget(bundle.images, of: bundle)
            #expect(try await containerd.require("images", "ls", "-q") == "")
        }
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

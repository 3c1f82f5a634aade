import BundleModel
import ContainerdTestSupport
import Host
import SystemPackage
import Testing
import UpstreamTestSupport

@testable import InstallCore

#if canImport(Glibc)
    import Glibc
#endif

/// Images of a bundle straight into a real containerd.
@Suite(.enabled(if: ContainerdVersion.canRun(ContainerdVersion.distribution), "SKIPPED: needs root and containerd"))
struct DirectImportTests {
    /// A node whose containerd runs, and the bundle's images.
    private func target(
        _ scratch: Scratch, _ containerd: ContainerdInstance, _ role: NodeRole, _ loader: ImageLoaderChoice = .auto
    ) async throws -> InstallTarget {
        let place = scratch.root.resolve(ContainerdPlace.defaultSocket)
        try FileSystem.makeDirectories(place.removingLastComponent())
        try #require(symlink(containerd.socket.string, place.string) == 0)
        var node = try Fixture.node()
        node.imageLoader = loader
        return InstallTarget(
            // No program is asked for anything.
            context: scratch.context(NoPrograms()), content: try await SampleImages(scratch.path),
            options: try InstallOptions(
                role: role, nodeIP: nil, podCIDR: nil, serviceCIDR: nil, verifiesFirst: true,
                configuration: NodeConfiguration()),
            node: node,
            services: ServiceHooks(
                mastersFile: { Array($0.joined().utf8) }, clusterObjects: { _, _ in Array("{}".utf8) }))
    }

    private func withContainerd(_ body: (Scratch, ContainerdInstance) async throws -> Void) async throws {
        let scratch = try Scratch()
        try await ContainerdInstance.with(ContainerdVersion.distribution) { try await body(scratch, $0) }
    }

    @Test(arguments: NodeRole.allCases)
    func theStepLoadsEveryImageWithItsDigest(_ role: NodeRole) async throws {
        try await withContainerd { scratch, containerd in
            let target = try await target(scratch, containerd, role)
            let images = target.bundleImages.images
            let step = ImagesStep()
            #expect(try await step.missing(target) == images)
            let journal = try await Journal(scratch.root, clock: FixedWallClock(secondsSince1970: 0))
            let run = InstallRun(target: target, journal: journal)
            try await step.apply(run)
            #expect(try await step.verify(target) == nil)
            let listing = try await containerd.require("images", "ls").split(separator: "\n")
            for image in images {
                let line = listing.first { $0.hasPrefix("\(image.reference) ") }
                #expect(line?.contains(image.digest.description) == true, "\(image.reference)")
                #expect(line?.contains("io.cri-containerd.pinned=pinned") == true, "\(image.reference)")
            }
            // One that goes is the one that is missing.
            let gone = try #require(images.first)
            try await containerd.require("images", "rm", "--sync", gone.reference.description)
            #expect(try await step.missing(target) == [gone])
            try await step.apply(run)
            #expect(try await step.missing(target) == [])
        }
    }

    @Test func whatIsForgottenIsMissingAndTakesNoRoom() async throws {
        try await withContainerd { scratch, containerd in
            let bundle = try await target(scratch, containerd, .master).bundleImages
            let route = DirectRoute(place: ContainerdPlace(socket: containerd.socket.string))
            try await route.load(bundle.images, of: bundle, SilentProgress())
            #expect(try await route.missing(bundle.images, of: bundle) == [])
            // As CRI names it, beside.
            let first = try #require(bundle.images.first)
            try await containerd.require("images", "tag", first.reference.description, "by-its-id")
            try await route.forget(bundle.images, of: bundle)
            #expect(try await route.missing(bundle.images, of: bundle) == bundle.images)
            for what in ["images", "content"] {
                #expect(try await containerd.require(what, "ls", "-q") == "", "\(what)")
            }
            let snapshots = try await containerd.require("snapshots", "ls")
            #expect(snapshots.split(separator: "\n").count == 1, "\(snapshots)")
        }
    }

    @Test func anotherSnapshotterMakesCtrLoadTheImagesUnlessDirectIsAskedFor() async throws {
        try await withContainerd { scratch, containerd in
            var chooser = ImageRouteChooser(
                choice: .auto, place: ContainerdPlace(socket: containerd.socket.string), runner: NoPrograms(),
                logger: scratch.context(NoPrograms()).logger)
            #expect(try await chooser.choose().route is DirectRoute)
            chooser.otherSnapshotter = "devmapper"
            let chosen = try await chooser.choose()
            #expect(chosen.route is CtrRoute)
            #expect(chosen.reason?.contains("'devmapper'") == true)
            let asked = ImageRouteChooser(
                choice: .direct, place: chooser.place, runner: NoPrograms(), logger: chooser.logger,
                otherSnapshotter: "devmapper")
            let error = await #expect(throws: InstallError.self) { try await asked.choose() }
            #expect(error?.hint.contains("--image-loader auto") == true)
        }
    }

    @Test func withoutAnAnswerNoWayIsChosen() async throws {
        let scratch = try Scratch()
        let chooser = ImageRouteChooser(
            choice: .auto, place: ContainerdPlace(socket: scratch.path.appending("none").string),
            runner: NoPrograms(), logger: scratch.context(NoPrograms()).logger)
        await #expect(throws: (any Error).self) { try await chooser.choose() }
    }
}

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

/// Images of a delta into a real containerd that has the base's.
@Suite(.enabled(if: ContainerdVersion.canRun(ContainerdVersion.distribution), "SKIPPED: needs root and containerd"))
struct DeltaImagesTests {
    /// Of the layers all but the one that masters alone need; of the image that keeps its layers, all of them.
    private static func left(_ whole: SampleImages) -> Set<String> {
        let own = ImageMember.layer(SampleImages.masters.diffID).path
        let documents = whole.pack.parts?.first?.members ?? 0
        return Set(whole.pack.members.dropFirst(documents).map(\.path)).subtracting([own])
    }

    private struct Bench {
        let scratch: Scratch
        let containerd: ContainerdInstance
        let whole: SampleImages
        let delta: CutImages

        var place: ContainerdPlace { ContainerdPlace(socket: containerd.socket.string) }

        func chooser(_ choice: ImageLoaderChoice = .auto) -> ImageRouteChooser {
            let context = scratch.context(NoPrograms())
            return ImageRouteChooser(choice: choice, place: place, runner: NoPrograms(), logger: context.logger)
        }

        func delivery() -> ImageDelivery {
            ImageDelivery(
                BundleImages(delta, role: .master), to: place, by: .auto, context: scratch.context(NoPrograms()))
        }

        func gaps(_ role: NodeRole = .master, _ choice: ImageLoaderChoice = .auto) async throws -> [String] {
            try await LayerProof(bundle: BundleImages(delta, role: role)).gaps(by: chooser(choice))
        }

        /// As a node that installed the base has it.
        func load(_ isChosen: (LockedImage) -> Bool) async throws {
            let bundle = BundleImages(whole, role: .master)
            try await DirectRoute(place: place).load(bundle.images.filter(isChosen), of: bundle, SilentProgress())
        }
    }

    private func withBench(_ body: (Bench) async throws -> Void) async throws {
        let scratch = try Scratch()
        let whole = try await SampleImages(scratch.path)
        let delta = try CutImages(whole, without: Self.left(whole), in: scratch.path)
        try await ContainerdInstance.with(ContainerdVersion.distribution) {
            try await body(Bench(scratch: scratch, containerd: $0, whole: whole, delta: delta))
        }
    }

    private func isOfBase(_ image: LockedImage) -> Bool { image.reference.repository != "master" }

    @Test func onTheBaseTheRestOfTheImagesIsLoaded() async throws {
        try await withBench { bench in
            try await bench.load(isOfBase)
            #expect(try await bench.gaps() == [])
            let loaded = try await bench.delivery().load(verifiesFirst: false)
            #expect(loaded.map(\.reference.description) == ["r.example/master:1"])
            #expect(try await bench.delivery().missing() == [])
            #expect(try await bench.delivery().load(verifiesFirst: false) == [])
            #expect(try await bench.gaps() == [])
        }
    }

    @Test func withoutTheBaseNothingIsLoadedAndTheBaseIsNamed() async throws {
        try await withBench { bench in
            let error = await #expect(throws: InstallError.self) {
                try await bench.delivery().load(verifiesFirst: false)
            }
            #expect(error?.category == .baseMissing)
            let base = try #require(bench.delta.index.base)
            #expect(error?.message.contains(base.text) == true, "\(error?.message ?? "")")
            #expect(try await bench.containerd.require("images", "ls", "-q") == "")
            #expect(try await bench.containerd.require("content", "ls", "-q") == "")
        }
    }

    @Test func oneLayerThatLacksIsNamed() async throws {
        try await withBench { bench in
            // Every chain of the base, but not the blobs of the image that keeps them.
            try await bench.load { isOfBase($0) && $0.layers == .unpacked }
            let gaps = try await bench.gaps()
            #expect(gaps.count == 2 && gaps.allSatisfy { $0.hasPrefix("blob sha256:") }, "\(gaps)")
        }
    }

    @Test func whatCtrUnpackedIsNotBelieved() async throws {
        try await withBench { bench in
            let archive = bench.scratch.path.appending("layout.tar")
            try bench.whole.layout(for: .master, to: archive)
            try await bench.containerd.require("images", "import", archive.string)
            let gaps = try await bench.gaps()
            #expect(gaps.contains { $0.contains("was not made by node-install") }, "\(gaps)")
        }
    }

    /// What is there would be forgotten with the images that it belongs to.
    @Test func afterAnImportThatAPowerCutEndedTheBaseHasToBeLoadedFirst() async throws {
        try await withBench { bench in
            try await bench.load(isOfBase)
            try await bench.containerd.require("namespaces", "label", "k8s.io", "\(ImportMark.label)=another-boot")
            let gaps = try await bench.gaps()
            #expect(gaps.count == 1 && gaps.first?.contains("during an import by ctr") == true, "\(gaps)")
            try await bench.load(isOfBase)
            #expect(try await bench.gaps() == [])
        }
    }

    @Test func ctrIsNotAskedToLoadPartsOfImages() async throws {
        try await withBench { bench in
            let gaps = try await bench.gaps(.master, .ctr)
            #expect(gaps == ["ctr loads whole images only"])
            let route = CtrRoute(
                place: bench.place, runner: NoPrograms(), logger: bench.scratch.context(NoPrograms()).logger)
            let bundle = BundleImages(bench.delta, role: .master)
            let error = await #expect(throws: InstallError.self) {
                try await route.load(bundle.images, of: bundle, SilentProgress())
            }
            #expect(error?.message.contains("not those of a delta") == true)
        }
    }

    @Test func aContainerdThatDoesNotRunHasNothing() async throws {
        let scratch = try Scratch()
        let whole = try await SampleImages(scratch.path)
        let delta = try CutImages(whole, without: Self.left(whole), in: scratch.path)
        let chooser = ImageRouteChooser(
            choice: .auto, place: ContainerdPlace(socket: scratch.path.appending("none").string),
            runner: NoPrograms(), logger: scratch.context(NoPrograms()).logger)
        let gaps = try await LayerProof(bundle: BundleImages(delta, role: .master)).gaps(by: chooser)
        #expect(gaps.count == 1 && gaps.first?.hasPrefix("containerd does not answer at ") == true, "\(gaps)")
    }

    @Test func theStepOfAnInstallationTakesWhatIsThere() async throws {
        try await withBench { bench in
            try await bench.load(isOfBase)
            let socket = bench.scratch.root.resolve(ContainerdPlace.defaultSocket)
            try FileSystem.makeDirectories(socket.removingLastComponent())
            try #require(symlink(bench.containerd.socket.string, socket.string) == 0)
            var node = try Fixture.node()
            node.imageLoader = .auto
            let plain = try Fixture.target(bench.scratch)
            let target = InstallTarget(
                context: plain.context, content: bench.delta, options: plain.options, node: node,
                services: plain.services)
            #expect(try await BaseProof(target: target).finding() == nil)
            #expect(try await ImagesStep().plan(target).contains { $0.hasSuffix("which are the base's") })
            let journal = try await Journal(bench.scratch.root, clock: FixedWallClock(secondsSince1970: 0))
            try await ImagesStep().apply(InstallRun(target: target, journal: journal))
            #expect(try await ImagesStep().verify(target) == nil)
            let gone = try #require(bench.whole.images(for: .master).first)
            try await bench.containerd.require("images", "rm", "--sync", gone.reference.description)
            #expect(try await ImagesStep().missing(target) == [gone])
        }
    }
}

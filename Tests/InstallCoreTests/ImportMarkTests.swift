import BundleModel
import ContainerdTestSupport
import Host
import SystemPackage
import Testing

@testable import InstallCore

/// What an import by ctr has left that a power cut ended.
@Suite(.enabled(if: ContainerdVersion.canRun(ContainerdVersion.distribution), "SKIPPED: needs root and containerd"))
struct ImportMarkTests {
    private func withContainerd(_ body: (Scratch, ContainerdInstance) async throws -> Void) async throws {
        let scratch = try Scratch()
        try await ContainerdInstance.with(ContainerdVersion.distribution) { containerd in
            try scratch.leadSocket(to: containerd)
            try scratch.write("boot-2\n", to: "/proc/sys/kernel/random/boot_id")
            try await body(scratch, containerd)
        }
    }

    private func place(_ scratch: Scratch) -> ContainerdPlace {
        var place = ContainerdPlace()
        place.root = scratch.root
        return place
    }

    /// As an import leaves it that was begun in this boot.
    private func interruptedImport(
        of sample: SampleImages, _ scratch: Scratch, _ containerd: ContainerdInstance, in boot: String
    ) async throws {
        let archive = scratch.path.appending("layout.tar")
        try sample.layout(for: .master, to: archive)
        try await containerd.require("images", "import", archive.string)
        try await mark(containerd, boot)
    }

    private func mark(_ containerd: ContainerdInstance, _ boot: String) async throws {
        try await containerd.require("namespaces", "label", "k8s.io", "\(ImportMark.label)=\(boot)")
    }

    @Test func theMarkOfThisBootIsNoneOfAnother() async throws {
        try await withContainerd { scratch, containerd in
            let mark = ImportMark(place: place(scratch))
            #expect(try await !mark.isOfAnotherBoot())
            // Also in a namespace that is not there yet.
            try await mark.set()
            #expect(try await containerd.require("namespaces", "list").contains("\(ImportMark.label)=boot-2"))
            #expect(try await !mark.isOfAnotherBoot())
            try await mark.set()
            try scratch.write("boot-3\n", to: "/proc/sys/kernel/random/boot_id")
            #expect(try await mark.isOfAnotherBoot())
            try await mark.clear()
            #expect(try await !mark.isOfAnotherBoot())
            #expect(try await !containerd.require("namespaces", "list").contains(ImportMark.label))
        }
    }

    /// containerd says that they are there.
    @Test(arguments: [("boot-2", 0), ("boot-1", 1)])
    func afterAnotherBootEveryImageIsMissingForCtr(_ boot: String, _ count: Int) async throws {
        try await withContainerd { scratch, containerd in
            try await ImportMark(place: place(scratch)).set()
            try await mark(containerd, boot)
            let hex = try #require(Fixture.digest).description
            let images = "registry.k8s.io/pause:3.9 type \(hex) complete (1/1) 1 B/1 B true\n"
            let runner = ScriptedPrograms([
                ("/usr/local/bin/ctr -n k8s.io images check", .init(status: 0, standardOutput: images))
            ])
            let target = try Fixture.target(scratch, runner: runner)
            #expect(try await ImagesStep().missing(target).count == count)
        }
    }

    @Test func theDirectRouteBelievesNothingOfAnotherBootsImport() async throws {
        try await withContainerd { scratch, containerd in
            let sample = try await SampleImages(scratch.path)
            let bundle = BundleImages(sample, role: .master)
            let route = DirectRoute(place: place(scratch))
            try await interruptedImport(of: sample, scratch, containerd, in: "boot-1")
            #expect(try await route.missing(bundle.images, of: bundle) == bundle.images)
            try await route.load(bundle.images, of: bundle, SilentProgress())
            #expect(try await route.missing(bundle.images, of: bundle) == [])
            #expect(try await !containerd.require("namespaces", "list").contains(ImportMark.label))
            // Every layer was made anew, but for the image that has none.
            try await mark(containerd, "boot-1")
            let doubtful = try await route.doubtful(bundle.images, of: bundle)
            #expect(doubtful.map(\.reference.repository) == ["nothing"])
        }
    }

    @Test func whatTheDirectRouteLoadedIsNotForgotten() async throws {
        try await withContainerd { scratch, containerd in
            let sample = try await SampleImages(scratch.path)
            let bundle = BundleImages(sample, role: .master)
            let route = DirectRoute(place: place(scratch))
            try await route.load(bundle.images, of: bundle, SilentProgress())
            try await mark(containerd, "boot-1")
            let missing = try await route.missing(bundle.images, of: bundle)
            #expect(missing.map(\.reference.repository) == ["nothing"])
            try await route.load(missing, of: bundle, SilentProgress())
            #expect(try await !containerd.require("namespaces", "list").contains(ImportMark.label))
        }
    }

    @Test func anImportOfThisBootIsNotForgotten() async throws {
        try await withContainerd { scratch, containerd in
            let sample = try await SampleImages(scratch.path)
            let bundle = BundleImages(sample, role: .master)
            let route = DirectRoute(place: place(scratch))
            try await interruptedImport(of: sample, scratch, containerd, in: "boot-2")
            #expect(try await route.doubtful(bundle.images, of: bundle) == [])
            try await route.load(bundle.images, of: bundle, SilentProgress())
            #expect(try await !containerd.require("namespaces", "list").contains(ImportMark.label))
        }
    }
}

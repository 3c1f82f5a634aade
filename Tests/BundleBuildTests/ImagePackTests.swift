import Archive
import BundleBuild
import BundleModel
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

/// What goes into the pack of images, and in which order.
struct ImagePackTests {
    private let base = SampleLayer("base", "shared", .gzip)
    private let one = SampleLayer("one", "1", .zstd)
    private let two = SampleLayer("two", "2", .none)

    private func layout(_ scratch: ScratchFolder) async throws -> SampleLayout {
        let layout = try SampleLayout(scratch.path.appending("layout"))
        try await layout.add("r.example/a-master:1", [base, two], isIndexed: true)
        // The same plain layer, compressed another way, and one that comes twice.
        try await layout.add("r.example/b:1", [SampleLayer("base", "shared", .none), one, one], docker: true)
        try await layout.add("r.example/c:1", [one, base])
        return layout
    }

    @Test func documentsComeFirstThenLayersOnceThenThoseOfMasters() async throws {
        let scratch = try ScratchFolder()
        let parts = try await SampleImagePack.parts(
            layout(scratch),
            [
                ("r.example/c:1", .unpacked, [.master, .worker]), ("r.example/a-master:1", .unpacked, [.master]),
                ("r.example/b:1", .unpacked, [.master, .worker]),
            ]
        ).parts
        #expect(parts.map(\.name) == ["documents", "layers", "layers-control-plane"])
        #expect(parts.map(\.roles) == [[], [], [.master]])
        // An index, and a manifest and a config each.
        let documents = parts[0].members.map(\.path)
        #expect(documents.count == 7 && documents == documents.sorted())
        // b's from the bottom; c has nothing of its own; of the masters' what is not there yet.
        #expect(parts[1].members.map(\.path) == [base, one].map { "layers/sha256/\($0.diffID.hex)" })
        #expect(parts[2].members.map(\.path) == ["layers/sha256/\(two.diffID.hex)"])
    }

    @Test func originalLayersAreThePublishedBlobs() async throws {
        let scratch = try ScratchFolder()
        let layout = try await layout(scratch)
        let file = scratch.path.appending("pack")
        let made = try await SampleImagePack(
            layout, [("r.example/c:1", .original, []), ("r.example/b:1", .unpacked, [])], to: file)
        let layers = made.pack.members.dropFirst(4)
        #expect(layers.map(\.path).filter { $0.hasPrefix("layers/") }.count == 2)
        let blobs = layers.filter { $0.path.hasPrefix("blobs/") }
        #expect(blobs.count == 2)
        for blob in blobs { #expect(ImageMember(path: blob.path)?.digest == blob.sha256) }
        #expect(ImageListing.problem(made.pack) == nil)
        #expect(PartListing.problem(made.pack) == nil)
    }

    @Test func aLayerPublishedInSeveralFormsIsOneMember() async throws {
        let scratch = try ScratchFolder()
        let layout = try SampleLayout(scratch.path.appending("layout"))
        for (name, form) in [("a", OCIMediaType.LayerCompression.gzip), ("b", .zstd), ("c", .none)] {
            try await layout.add("r.example/\(name):1", [SampleLayer("base", "shared", form)], docker: form == .none)
        }
        let names = ["r.example/a:1", "r.example/b:1", "r.example/c:1"]
        let parts = try await SampleImagePack.parts(layout, names.map { ($0, .unpacked, []) }).parts
        #expect(parts[1].members.map(\.path) == ["layers/sha256/\(base.diffID.hex)"])
        // As published they are three blobs.
        let published = try await SampleImagePack.parts(layout, names.map { ($0, .original, []) }).parts
        #expect(published[1].members.count == 3)
    }

    @Test func theIndexSaysWhichLayersContainerdHasToUnpack() async throws {
        let scratch = try ScratchFolder()
        let layout = try SampleLayout(scratch.path.appending("layout"))
        let odd = SampleLayer(type: "S", .gzip)
        try await layout.add("r.example/a:1", [base, odd])
        try await layout.add("r.example/b:1", [odd])
        let names = ["r.example/a:1", "r.example/b:1"]
        let made = try await SampleImagePack(
            layout, names.map { ($0, .unpacked, []) }, to: scratch.path.appending("pack"))
        let layers = made.pack.members.filter { $0.path.hasPrefix("layers/") }
        #expect(layers.map(\.appliedBy) == [nil, .containerd])
        #expect(layers.last?.sha256 == odd.diffID)
        #expect(ImageListing.problem(made.pack) == nil)
        #expect(made.notes.count == 1)
        #expect(made.notes.first?.hasPrefix("r.example/a:1: layer \(odd.diffID) is left to containerd") == true)
        // As it was published it is a blob, which containerd unpacks in any case.
        let kept = try await SampleImagePack(
            layout, names.map { ($0, .original, []) }, to: scratch.path.appending("kept"))
        #expect(kept.pack.members.allSatisfy { $0.appliedBy == nil } && kept.notes.isEmpty)
    }

    @Test func onlyPlainLayersAreApplied() async throws {
        let scratch = try ScratchFolder()
        let made = try await SampleImagePack(
            layout(scratch), [("r.example/c:1", .original, [])], to: scratch.path.appending("pack"))
        for number in made.pack.members.indices {
            var pack = made.pack
            pack.members[number].appliedBy = .containerd
            #expect(ImageListing.problem(pack)?.contains("no plain layer") == true)
            #expect(PackListing.problem(pack.members)?.reason == "who applies it, and no layer")
        }
    }

    @Test func theBytesDoNotDependOnTheOrderOfTheImages() async throws {
        let scratch = try ScratchFolder()
        let layout = try await layout(scratch)
        let names = ["r.example/a-master:1", "r.example/b:1", "r.example/c:1"]
        func digest(_ names: [String]) async throws -> SHA256Digest {
            try await SampleImagePack(layout, names.map { ($0, .unpacked, []) }, to: scratch.path.appending("pack"))
                .pack.digest
        }
        #expect(try await digest(names) == digest(names.reversed()))
    }
}

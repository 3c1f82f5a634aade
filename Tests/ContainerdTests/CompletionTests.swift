import Containerd
import ContainerdTestSupport
import Testing

extension Exactness {
    /// An image that lost a part gets just that part again.
    struct CompletionTests {
        private struct Loss: Sendable {
            let what: String
            var layers = 0
            /// The layer that somebody else holds, so that no collection takes it meanwhile.
            var held: Int?
            let cause: @Sendable (ContainerdInstance, BuiltImage) async throws -> Void
        }

        private static let losses = [
            Loss(what: "the record of the tag") { _ = try await $0.require("images", "rm", $1.references[0]) },
            Loss(what: "the record of the digest") { _ = try await $0.require("images", "rm", $1.references[1]) },
            Loss(what: "the pin") {
                _ = try await $0.require("images", "label", $1.references[0], "io.cri-containerd.pinned=")
            },
            Loss(what: "the highest snapshot", layers: 1, held: 0) {
                _ = try await $0.require("snapshots", "rm", "\($1.chainIDs[1])")
            },
            Loss(what: "the config", held: 1) { try await $0.removeBlob($1.config) },
            Loss(what: "the manifest", held: 1) { try await $0.removeBlob($1.manifest) },
            Loss(what: "the index", held: 1) { try await $0.removeBlob($1.target) },
            Loss(what: "the label of the snapshots", held: 1) {
                try await $0.unlabel($1.config, "containerd.io/gc.ref.snapshot.overlayfs")
            },
            Loss(what: "the label of the config", held: 1) {
                try await $0.unlabel($1.manifest, "containerd.io/gc.ref.content.config")
            },
            Loss(what: "the label of the manifest", held: 1) {
                try await $0.unlabel($1.target, "containerd.io/gc.ref.content.m.0")
            },
            // Its records say that it is there, and nothing of its layers is.
            Loss(what: "the label and then the snapshots", layers: 2) {
                try await $0.unlabel($1.config, "containerd.io/gc.ref.snapshot.overlayfs")
                try await $0.collectGarbage()
            },
        ]

        @Test(arguments: ContainerdVersion.present)
        func aLoadCompletesJustWhatIsMissing(_ suite: String) async throws {
            let instance = try await Fleet.current.instance(suite)
            let image = try await Shared.images()[0]
            let reference = try await instance.reference(of: image)
            try await instance.clear()
            try await instance.load([image])
            for loss in Self.losses {
                if let held = loss.held { try await instance.hold("\(image.chainIDs[held])", as: "held") }
                try await loss.cause(instance, image)
                #expect(try await instance.missing([image]).count == 1, "\(loss.what)")
                let summary = try await instance.load([image])
                let bytes = image.layers.suffix(loss.layers).reduce(0) { $0 + $1.size }
                #expect(summary == .of(images: 1, layers: loss.layers, bytes: bytes), "\(loss.what)")
                if loss.held != nil { try await instance.release("held") }
                let found = reference.differences(to: try await instance.observe(image))
                #expect(found == [], "\(instance.version), after the loss of \(loss.what)")
                #expect(try await instance.load([image]) == .nothing, "\(loss.what)")
            }
        }

        /// An image that cannot be loaded takes nothing of another along.
        @Test(arguments: ContainerdVersion.present, LoadingWay.allCases)
        func aRefusedImageLeavesOthersAsTheyWere(_ suite: String, _ way: LoadingWay) async throws {
            let instance = try await Fleet.current.instance(suite)
            let good = try await Shared.images()[0]
            let bad = try await Fleet.current.image(
                ImagePlan(
                    "shared-and-broken",
                    layers: [Shared.base, .init([.file("x", "x")]), .init([.file("f"), .file("f/x")])]))
            try await instance.load([good])
            let before = try await instance.observe(good)
            await #expect(throws: (any Error).self) { try await instance.load([bad], way) }
            let found = before.differences(to: try await instance.observe(good))
            #expect(found == [])
        }
    }
}

extension ContainerdInstance {
    fileprivate func removeBlob(_ document: BuiltImage.Document) async throws {
        try await require("content", "rm", "\(document.digest)")
    }

    fileprivate func unlabel(_ document: BuiltImage.Document, _ label: String) async throws {
        try await require("content", "label", "\(document.digest)", "\(label)=")
    }
}

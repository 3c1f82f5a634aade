import ContainerdTestSupport
import Testing

extension Exactness {
    /// A comparison that could not fail would prove nothing.
    struct ComparisonTests {
        private static let plan = ImagePlan(
            "compared",
            layers: [
                .init([.folder("d/"), .file("d/a", "a")]),
                .init([.file("b", "b", { $0.attribute("user.b", "b") }), .folder("d/"), .file("d/.wh..wh..opq")]),
            ])

        @Test func whatAnotherLoaderDoesOtherwiseIsNoticed() async throws {
            let instance = try await Fleet.current.instance("bookworm")
            let image = try await Fleet.current.image(Self.plan)
            let reference = try await instance.reference(of: image)
            try #require(reference.outcome == .loaded)
            #expect(reference.differences(to: try await instance.observe(image)) == [])

            func expectNoticed(_ words: String, _ change: (inout Reference) -> Void) {
                var other = reference
                change(&other)
                let lines = reference.differences(to: other)
                #expect(lines.contains { $0.contains(words) }, "\(lines)")
            }
            let (config, tag) = ("\(image.config.digest)", image.tagged)
            expectNoticed("mode") { $0.merged?.members["b"]?.mode = 0o600 }
            expectNoticed("- d:") { $0.merged?.members["d"] = nil }
            expectNoticed("user.b") { $0.merged?.members["b"]?.attributes = [:] }
            expectNoticed("layer 1: ≠ d: trusted.overlay.opaque") { $0.layers[1].members["d"]?.attributes = [:] }
            expectNoticed("blob \(config)") { $0.state.content[config] = [:] }
            expectNoticed("image \(tag)") { $0.state.images[tag] = nil }
            expectNoticed("image \(tag)") { $0.state.images[tag]?.labels["more"] = "1" }
            expectNoticed("blob sha256:0") { $0.state.content["sha256:0"] = [:] }
            expectNoticed("snapshot extract") {
                $0.state.snapshots["extract"] = .init(parent: "", kind: .active, labels: [:])
            }
            expectNoticed("leases") { $0.state.leases = ["left"] }
            expectNoticed("ours refuses") { $0.outcome = .refused("no") }

            // What our loader alone sets is no difference.
            var pinned = reference
            pinned.state.images[tag]?.labels["io.cri-containerd.pinned"] = "pinned"
            #expect(reference.differences(to: pinned) == [])
        }
    }
}

import BundleModel
import Host
import Payload
import SystemPackage
import Testing
import UpstreamTestSupport

/// How layers get into a bundle, from the command line to the pack.
struct LayerTests {
    private let odd = SampleLayer(type: "S", .zstd)
    private let base = SampleLayer("base", "shared", .gzip)

    private func make(_ bench: CommandBench, _ layers: [SampleLayer], _ more: [String]) async throws -> BundleIndex {
        let layout = try SampleLayout(bench.upstream.path.appending("images").appending("app"))
        try await layout.add("registry.example/app:1", layers)
        let output = bench.output.appending("k8s.run")
        let made = try await bench.run(
            [
                "make", "--k8s", "v1.20.2", "--from-folder", bench.upstream.path.string, "--bundle-only", "--unsigned",
                "--output", output.string, "--compression-level", "1", "--image", "registry.example/app:1",
            ] + more + ["--progress", "none"])
        try #require(made.status == 0, "\(made.standardError)")
        #expect(
            made.standardOutput.contains("is left to containerd")
                == (more.isEmpty && layers.contains { $0.tar == odd.tar }))
        return try BundleFile.open(output).index
    }

    @Test func aLayerThatContainerdUnpacksIsMarkedAndShown() async throws {
        try await CommandBench.with { bench in
            let index = try await make(bench, [base, odd], [])
            let marked = index.packs.flatMap(\.members).filter { $0.appliedBy == .containerd }
            #expect(marked.map(\.path) == [ImageMember.layer(odd.diffID).path])
            let shown = try await bench.run(["inspect", bench.output.appending("k8s.run").string]).standardOutput
            #expect(shown.contains("layers that nodes leave to containerd:\n  \(odd.diffID)\n"), "\(shown)")
        }
    }

    @Test func anImageIsKeptAsItWasPublishedWhereThatIsAskedFor() async throws {
        try await CommandBench.with { bench in
            let index = try await make(bench, [base, odd], ["--original-layers", "registry.example/app:1"])
            let image = try #require(index.lock.images.first { $0.reference.description == "registry.example/app:1" })
            #expect(image.layers == .original)
            let members = try #require(index.packs.first { $0.content == .images }).members
            #expect(!members.contains { $0.path == ImageMember.layer(odd.diffID).path || $0.appliedBy != nil })
            // Everything else is plain.
            #expect(index.lock.images.count { $0.layers == .unpacked } == index.lock.images.count - 1)
        }
    }

    @Test func anImageThatTheBundleDoesNotHaveCannotBeKept() async throws {
        try await CommandBench.with { bench in
            let made = try await bench.run(
                bench.makeArguments(["--original-layers", "registry.example/other:1"]))
            #expect(made.status == DiagnosticCategory.invalidInput.exitCode)
            #expect(made.standardError.contains("--original-layers"), "\(made.standardError)")
            #expect(made.standardError.contains("an image that the bundle has"))
            #expect(try bench.left() == [])
        }
    }
}

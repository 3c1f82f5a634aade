import BundleModel
import Host
import Payload
import Signing
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

/// The operator's own manifests and lists, by the built bundler.
@Suite(.serialized)
struct ContentTests {
    private static let app = "registry.example/app:1"
    private static let batch = "registry.example/batch:2"

    /// Options for a manifest and a list; their images are in a layout.
    private func own(_ bench: CommandBench) async throws -> [String] {
        let layout = try SampleLayout(bench.scratch.path.appending("layout"))
        for name in [Self.app, Self.batch] {
            try await layout.add(name, [SampleLayer("own", "layer of \(name)", .gzip)])
        }
        let manifest = bench.scratch.path.appending("app.yaml")
        try AtomicFile.write(Array("kind: Pod\nmetadata: {name: app}\nimage: \(Self.app)\n".utf8), to: manifest)
        let list = bench.scratch.path.appending("images.txt")
        try AtomicFile.write(Array("# of the batch jobs\n\(Self.batch)\n".utf8), to: list)
        return ["--manifest", manifest.string, "--image-list", list.string, "--image-layout", layout.path.string]
    }

    @Test func whatIsKeptInTheCacheGivesTheSameBytesAgain() async throws {
        try await CommandBench.with { bench in
            let own = try await own(bench)
            let made = try await bench.run(bench.makeArguments(own))
            #expect(made.status == 0, "\(made.standardError)")
            let first = bench.output.appending("k8s.run")
            let index = try BundleFile.open(first).index
            let names = index.lock.images.map(\.reference.description)
            #expect(names.contains(Self.app) && names.contains(Self.batch))
            #expect(index.packs.flatMap(\.members).contains { $0.path.hasSuffix("manifests/local/app.yaml") })
            let shown = try await bench.run(["inspect", first.string]).standardOutput
            let addOn = try #require(index.release.addOns?.first)
            #expect(shown.contains("\nadd-ons     \(addOn.name) \(addOn.version)\n"), "\(shown)")

            try FileSystem.remove(bench.scratch.path.appending("app.yaml"))
            let again = try await bench.run(locked(bench, first))
            #expect(again.status == 0, "\(again.standardError)")
            let second = bench.output.appending("again.run")
            #expect(try SHA256Hasher.hash(file: first) == SHA256Hasher.hash(file: second))
        }
    }

    @Test func aPlanHasTheImagesOfManifests() async throws {
        try await CommandBench.with { bench in
            let own = try await own(bench)
            let result = try await bench.run(["plan", "--k8s", "v1.20.2"] + bench.sources + own)
            let lines = result.standardOutput.split(separator: "\n")
            let app = try #require(lines.first { $0.hasPrefix(Self.app) }, "\(result.standardError)")
            #expect(app.contains(" manifest \(bench.scratch.path.appending("app.yaml")) "), "\(app)")
            #expect(lines.contains { $0.hasPrefix("total: 7 artifacts and 9 images, ") }, "\(result.standardOutput)")
        }
    }

    @Test func aManifestThatIsNowhereIsNamed() async throws {
        try await CommandBench.with { bench in
            let own = try await own(bench)
            let made = try await bench.run(bench.makeArguments(own))
            #expect(made.status == 0, "\(made.standardError)")
            let cache = bench.scratch.path.appending("other-cache").string
            let again = try await bench.run(
                locked(bench, bench.output.appending("k8s.run")) + ["--cache", cache])
            #expect(again.status == DiagnosticCategory.missingArtifact.exitCode)
            #expect(again.standardError.contains("manifest file:app.yaml"))
            #expect(try !bench.left().contains("again.run"))
        }
    }

    private func locked(_ bench: CommandBench, _ first: FilePath) throws -> [String] {
        try ["make", "--locked", "\(first).lock.json", "--output", bench.output.appending("again.run").string]
            + ["--unsigned", "--bundle-only", "--progress", "none"] + bench.sources
            + ["--image-layout", bench.scratch.path.appending("layout").string]
    }

    @Test func imagesThatAreNowhereAreAllNamed() async throws {
        try await CommandBench.with { bench in
            let list = bench.scratch.path.appending("images.txt")
            try AtomicFile.write(Array("k8s.gcr.io/none:1\n".utf8), to: list)
            let failed = try await bench.run(
                bench.makeArguments(["--image-list", list.string, "--image", "k8s.gcr.io/nothing:2"]))
            #expect(failed.status == DiagnosticCategory.missingArtifact.exitCode, "\(failed.standardError)")
            #expect(failed.standardError.contains("error: the bundle would lack 2 things:\n"))
            #expect(failed.standardError.contains("k8s.gcr.io/none:1 (named by \(list) line 1): "))
            #expect(failed.standardError.contains("k8s.gcr.io/nothing:2 (named by --image): "))
            #expect(failed.standardError.contains("\nhint: "))
            #expect(try bench.left() == [])
        }
    }

    @Test func aListWithSomethingElseIsRefusedWithItsLine() async throws {
        try await CommandBench.with { bench in
            let list = bench.scratch.path.appending("images.txt")
            try AtomicFile.write(Array("k8s.gcr.io/pause:3.2\nfrom: busybox\n".utf8), to: list)
            let failed = try await bench.run(bench.makeArguments(["--image-list", list.string]))
            #expect(failed.status == DiagnosticCategory.invalidInput.exitCode)
            #expect(failed.standardError.contains("\(list): line 2: "))
        }
    }

    @Test func everyArchitecturesHeadIsLookedAtBeforeAnythingIsFetched() async throws {
        try await CommandBench.with { bench in
            let head = bench.scratch.path.appending("node-install")
            try AtomicFile.write(SampleExecutable.bytes(), to: head, mode: 0o755)
            let failed = try await bench.run(
                ["make", "--k8s", "v1.20.2", "--arch", "amd64,arm64", "--node-install", head.string, "--unsigned"]
                    + ["--progress", "none", "--output", bench.output.appending("k8s.run").string] + bench.sources)
            #expect(failed.status == DiagnosticCategory.invalidInput.exitCode)
            #expect(failed.standardError.contains("--node-install arm64=FILE names another"))
            #expect(try bench.left() == [])
            #expect(!FileSystem.exists(bench.scratch.path.appending("cache").appending("blobs")))
        }
    }

    @Test func packagesForNoNodeAreRefused() async throws {
        try await CommandBench.with { bench in
            for command in [try bench.makeArguments(), ["plan", "--k8s", "v1.20.2"]] {
                let refused = try await bench.run(command + ["--package", "chrony"])
                #expect(refused.status == DiagnosticCategory.invalidInput.exitCode, "\(refused.standardError)")
                #expect(refused.standardError.contains("--os"))
            }
            let lock = bench.scratch.path.appending("any.lock.json").string
            let locked = try await bench.run([
                "make", "--locked", lock, "--unsigned", "--output", bench.output.appending("a.run").string, "--package",
                "chrony",
            ])
            #expect(locked.status == DiagnosticCategory.usage.exitCode)
            #expect(locked.standardError.contains("leave out --package"))
            #expect(bench.server.log == [])
        }
    }
}

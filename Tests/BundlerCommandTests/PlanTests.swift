import BundleModel
import FoundationEssentials
import Host
import NIOHTTP1
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

@Suite(.serialized)
struct PlanTests {
    struct Report: Decodable {
        struct Line: Decodable {
            var name: String?
            var reference: String?
            var size: UInt64?
            var sizeUnknown: String?
            var license: String?
            var listedBy: String?
            var source: String
        }
        struct Total: Decodable {
            var artifacts: Int
            var images: Int
            var knownSize: UInt64
            var unknown: Int
        }
        var artifacts: [Line]
        var images: [Line]
        var total: Total
    }

    private func report(_ result: CommandResult) throws -> Report {
        try CanonicalJSON.decode(Report.self, from: Data(result.standardOutput.utf8))
    }

    private func arguments(_ bench: CommandBench, _ more: [String] = []) throws -> [String] {
        try ["plan", "--k8s", "v1.20.2", "--format", "json"] + bench.sources + more
    }

    @Test func everySizeIsToldByTheUpstreamsWithoutADownload() async throws {
        try await CommandBench.with { bench in
            let result = try await bench.run(arguments(bench))
            let report = try report(result)
            let kubelet = try #require(report.artifacts.first { $0.name == "kubelet" })
            #expect(kubelet.size == UInt64("program kubelet".utf8.count))
            #expect(kubelet.license == "Apache-2.0")
            #expect(kubelet.source.hasPrefix(bench.server.url))
            let lines = report.artifacts + report.images
            #expect(report.total.unknown == 0 && report.total.artifacts == 7 && report.total.images == 7)
            #expect(report.total.knownSize == lines.compactMap(\.size).reduce(0, +))
            #expect(report.images.allSatisfy { ($0.size ?? 0) > 200 && $0.listedBy == "matrix" })
            #expect(report.images.allSatisfy { $0.license == "Apache-2.0" })
            #expect(bench.server.log.count == 14)
            #expect(bench.server.log.allSatisfy { $0.hasPrefix("HEAD ") || $0.contains("/manifests/") })
            // What it was told is kept, for a run without a network; no download was begun.
            #expect(try FileSystem.list(bench.scratch.path.appending("cache")).contains("documents"))
            #expect(try FileSystem.list(bench.scratch.path.pushing("cache/partial")) == [])
        }
    }

    @Test func textShowsATotalAndWhoListsTheImages() async throws {
        try await CommandBench.with { bench in
            let kept = ["--original-layers", "k8s.gcr.io/pause:3.2", "--original-layers", "k8s.gcr.io/typo:1"]
            let more = ["--format", "text", "--image", "k8s.gcr.io/other:1", "--os", "debian-12"] + kept
            let text = try await bench.run(arguments(bench, more)).standardOutput
            #expect(text.contains("total: 7 artifacts and 8 images, at least "))
            #expect(text.contains("1 sizes unknown"))
            let pause = text.split(separator: "\n").first { $0.hasPrefix("k8s.gcr.io/pause:3.2") }
            #expect(pause?.contains(" original ") == true)
            #expect(text.contains("note: --original-layers k8s.gcr.io/typo:1: not among the images"))
            #expect(text.contains("k8s.gcr.io/other:1") && text.contains("--image"))
            #expect(text.contains("/v2/other/manifests/1 does not exist (404)): k8s.gcr.io/other:1"))
            #expect(text.contains("conntrack"))
        }
    }

    @Test func offlineAsksNobodyAndSaysSo() async throws {
        try await CommandBench.with { bench in
            let report = try report(try await bench.run(arguments(bench, ["--offline"])))
            #expect(bench.server.log.isEmpty)
            #expect((report.artifacts + report.images).allSatisfy { $0.size == nil && $0.sizeUnknown == "--offline" })
            #expect(report.total.unknown == 14)
        }
    }

    @Test func upstreamThatIsNotThereLeavesThePlanWithOneReason() async throws {
        try await CommandBench.with { bench in
            try await bench.server.stop()
            let result = try await bench.run(arguments(bench, ["--format", "text"]))
            #expect(result.status == 0)
            let reasons = result.standardOutput.split(separator: "\n").filter { $0.hasPrefix("size unknown") }
            #expect(reasons.count == 1, "\(result.standardOutput)")
            #expect(reasons.first?.contains("\(bench.server.url) does not answer") == true)
            #expect(result.standardOutput.contains("total: 7 artifacts and 7 images, no size known"))
        }
    }

    @Test func folderTellsItsOwnSizes() async throws {
        try await CommandBench.with { bench in
            let result = try await bench.run(
                ["plan", "--k8s", "v1.20.2", "--format", "json", "--from-folder", bench.upstream.path.string])
            let report = try report(result)
            #expect(report.total.unknown == 0)
            #expect(report.artifacts.first { $0.name == "kubelet" }?.size == 15)
        }
    }
}

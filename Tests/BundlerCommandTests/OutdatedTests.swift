import BundleModel
import FoundationEssentials
import Host
import NIOHTTP1
import SystemPackage
import Testing
import UpstreamTestSupport

/// `bundler outdated`, against an upstream whose tags move.
@Suite(.serialized)
struct OutdatedTests {
    struct Report: Decodable {
        struct Version: Decodable {
            var component: String
            var locked: String
            var newest: String?
            var state: String
        }
        struct Image: Decodable {
            var reference: String
            var now: SHA256Digest?
            var state: String
            var reason: String?
        }
        var schemaVersion: Int
        var isOutdated: Bool
        var versions: [Version]
        var images: [Image]
    }

    private func lock(_ bench: CommandBench) async throws -> String {
        let made = try await bench.run(bench.makeArguments())
        #expect(made.status == 0, "\(made.standardError)")
        return bench.output.appending("k8s.run.lock.json").string
    }

    private func arguments(_ bench: CommandBench, _ lock: String, _ more: [String] = []) throws -> [String] {
        try ["outdated", lock] + bench.sources + more
    }

    private func report(_ result: CommandResult) throws -> Report {
        #expect(result.status == 0, "\(result.standardError)")
        return try CanonicalJSON.decode(Report.self, from: Data(result.outputBytes))
    }

    @Test func aTagThatMovedIsNamedAndTheOthersAreTheSame() async throws {
        try await CommandBench.with { bench in
            let lock = try await lock(bench)
            let before = try FileSystem.read(FilePath(lock))
            let still = try report(await bench.run(arguments(bench, lock, ["--format", "json"])))
            #expect(still.schemaVersion == 1 && still.images.count == UpstreamFolder.images.count)
            #expect(still.images.allSatisfy { $0.state == "same" }, "\(still.images)")

            // The tag names another image of the same registry now.
            let upstream = bench.upstream
            bench.setFault { path in
                path == "/v2/pause/manifests/3.2" ? upstream.reply("/v2/coredns/manifests/1.7.0") : nil
            }
            let moved = try report(await bench.run(arguments(bench, lock, ["--format", "json"])))
            let pause = try #require(moved.images.first { $0.reference == "k8s.gcr.io/pause:3.2" })
            #expect(moved.isOutdated && pause.state == "moved" && pause.now != nil)
            #expect(moved.images.filter { $0.state == "moved" }.count == 1)
            let kubernetes = try #require(moved.versions.first { $0.component == "Kubernetes" })
            #expect(kubernetes.locked == "1.20.2" && kubernetes.newest?.hasPrefix("1.20.") == true)
            let text = try await bench.run(arguments(bench, lock)).standardOutput
            #expect(text.contains("something has moved") && text.contains("moved"))
            #expect(try FileSystem.read(FilePath(lock)) == before)
        }
    }

    @Test func whatDoesNotAnswerIsUnknownAndTheRestIsShown() async throws {
        try await CommandBench.with { bench in
            let lock = try await lock(bench)
            bench.setFault { path in path.hasPrefix("/v2/etcd/") ? .init(status: .notFound) : nil }
            let report = try report(await bench.run(arguments(bench, lock, ["--format", "json"])))
            let etcd = try #require(report.images.first { $0.reference.contains("/etcd:") })
            #expect(etcd.state == "unknown" && etcd.reason?.contains("404") == true)
            #expect(report.images.filter { $0.state == "same" }.count == report.images.count - 1)
        }
    }

    @Test func offlineNobodyIsAsked() async throws {
        try await CommandBench.with { bench in
            let lock = try await lock(bench)
            let asked = bench.server.log.count
            let report = try report(await bench.run(arguments(bench, lock, ["--offline", "--format", "json"])))
            #expect(report.images.allSatisfy { $0.state == "unknown" && $0.reason == "--offline" })
            #expect(bench.server.log.count == asked)
            let refused = try await bench.run(arguments(bench, lock, ["--offline", "--packages"]))
            #expect(refused.status == DiagnosticCategory.usage.exitCode)
        }
    }

    @Test func aLockThatCannotBeReadIsNamed() async throws {
        try await CommandBench.with { bench in
            let path = bench.output.appending("lock.json")
            try AtomicFile.write(Array("{}".utf8), to: path)
            let refused = try await bench.run(arguments(bench, path.string))
            #expect(refused.status == DiagnosticCategory.invalidInput.exitCode)
            #expect(refused.standardError.contains(path.string), "\(refused.standardError)")
        }
    }
}

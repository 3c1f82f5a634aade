import BundleBuild
import BundleModel
import Host
import Signing
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

/// A make that is killed while it fetches, and started again.
@Suite(.serialized)
struct FetchKillTests {
    @Test func makeThatIsKilledAgainAndAgainEndsWithTheRightFiles() async throws {
        var generator = SeededGenerator(seed: RunSettings.seed)
        let program = (0..<12 << 20).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        try await CommandBench.with { bench in
            let kubelet = try #require(bench.plan.artifact(named: "kubelet"))
            try await bench.upstream.replace(kubelet, program: program)
            // Slow enough that the kills come while files are under way.
            let arguments = try bench.makeArguments(["--limit-rate", "10M"])
            for _ in 0..<10 {
                let seconds = "\(Double.random(in: 0.05...0.8, using: &generator))"
                let killed = try await SystemProcessRunner().run(
                    Command("timeout", ["--foreground", "-s", "KILL", seconds, CommandBench.bundler] + arguments))
                #expect([0, 137].contains(killed.status), "seed \(RunSettings.seed): \(killed.standardError)")
            }
            let made = try await bench.run(bench.makeArguments())
            #expect(made.status == 0, "seed \(RunSettings.seed): \(made.standardError)")
            let cache = bench.scratch.path.appending("cache")
            let kept = cache.appending("blobs/sha256/\(SHA256Hasher.hash(program).hex)")
            #expect(try SHA256Hasher.hash(file: kept) == SHA256Hasher.hash(program))
            #expect(try FileSystem.list(cache.appending("partial")) == [], "seed \(RunSettings.seed)")
        }
    }

    @Test func offlineWithAnEmptyCacheNamesWhatIsMissingAndAsksNobody() async throws {
        try await CommandBench.with { bench in
            let result = try await bench.run(bench.makeArguments(["--offline"]))
            #expect(result.status == DiagnosticCategory.missingArtifact.exitCode)
            #expect(result.standardError.contains("this run is offline"))
            #expect(bench.server.log.isEmpty)
            #expect(try bench.left() == [])
        }
    }
}

import BundleBuild
import BundleModel
import Host
import Signing
import Synchronization
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

/// A line that breaks again and again, while files, checksums, manifests or layers are under way.
@Suite(.serialized)
struct CutTests {
    private struct Cuts {
        var left: Int
        var generator: SeededGenerator
    }

    private static let environment = ["SOURCE_DATE_EPOCH": "1700000000"]

    @Test func connectionsCutAtAnyByteEndEachRunInOrderAndTheLastGivesTheSameBytes() async throws {
        let seed = RunSettings.seed
        let cuts = Mutex(Cuts(left: RunSettings.isLong ? 200 : 10, generator: SeededGenerator(seed: seed)))
        try await CommandBench.with { bench in
            let kubelet = try #require(bench.plan.artifact(named: "kubelet"))
            try await bench.upstream.replace(kubelet, program: SampleLayer.noise(5 << 20))
            let honest = bench.scratch.file("honest.run")
            let other = ["--output", honest.string, "--cache", bench.scratch.file("other-cache").string]
            let whole = try await bench.run(bench.makeArguments(other), environment: Self.environment)
            #expect(whole.status == 0, "\(whole.standardError)")

            bench.setCut { count in
                cuts.withLock { cuts -> Int? in
                    guard cuts.left > 0, cuts.generator.chance(30) else { return nil }
                    cuts.left -= 1
                    return Int.random(in: 0..<count, using: &cuts.generator)
                }
            }
            var runs = 0
            while true {
                runs += 1
                // Without a repetition within a run, so that each cut ends one.
                let result = try await bench.run(
                    bench.makeArguments(["--retries", "0"]), environment: Self.environment)
                if result.status == 0 { break }
                #expect(
                    result.status == DiagnosticCategory.upstreamUnreachable.exitCode,
                    "seed \(seed): \(result.standardError)")
                #expect(result.standardError.contains("\nhint: "), "seed \(seed): \(result.standardError)")
                #expect(result.standardOutput.isEmpty)
                #expect(try bench.left() == [], "seed \(seed)")
                try #require(runs < 250, "seed \(seed)")
            }
            #expect(runs > 1, "seed \(seed)")
            #expect(
                try SHA256Hasher.hash(file: bench.output.appending("k8s.run")) == SHA256Hasher.hash(file: honest),
                "seed \(seed)")
            #expect(try FileSystem.list(bench.scratch.file("cache").appending("partial")) == [], "seed \(seed)")
        }
    }
}

import BundleModel
import Host
import Signing
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

/// Ctrl-C while a bundle is made.
@Suite(
    .serialized,
    .enabled(
        if: InterruptBench.toolsArePresent, "SKIPPED: needs python3, dpkg-deb, dpkg-scanpackages and openssl"))
struct InterruptTests {
    @Test func interruptedInAnyStageAMakeLeavesNothingAndTheNextRunEndsIt() async throws {
        try await CommandBench.with { bench in
            let make = try await InterruptBench(bench)
            var digests: Set<SHA256Digest> = []
            for stage in InterruptBench.Stage.allCases {
                let cache = "cache-\(stage.rawValue)"
                let stopped = try await make.interrupt(stage, cache: cache)
                #expect(stopped.status == DiagnosticCategory.interrupted.exitCode, "\(stage): \(stopped.standardError)")
                #expect(stopped.standardError.contains("error: interrupted\n"), "\(stage): \(stopped.standardError)")
                #expect(stopped.standardOutput.isEmpty, "\(stage)")
                #expect(try bench.left() == [], "\(stage)")

                let made = try await make.run(cache: cache)
                #expect(made.status == 0, "\(stage): \(made.standardError)")
                #expect(try bench.left() == InterruptBench.whole, "\(stage)")
                digests.insert(try SHA256Hasher.hash(file: bench.output.appending("k8s.run")))
                #expect(try FileSystem.list(bench.scratch.file(cache).appending("partial")) == [], "\(stage)")
                try make.clear()
            }
            #expect(digests.count == 1)
        }
    }

    @Test func interruptedAtAnyMomentAllOrNothingIsThere() async throws {
        var generator = SeededGenerator(seed: RunSettings.seed)
        let moments = (0..<(RunSettings.isLong ? 100 : 6)).map { _ in
            Double.random(in: 0.01...1.5, using: &generator)
        }
        try await CommandBench.with { bench in
            let make = try await InterruptBench(bench)
            for moment in moments {
                let result = try await SystemProcessRunner().run(
                    Command(
                        "timeout",
                        ["--preserve-status", "--foreground", "-s", "INT", "\(moment)", CommandBench.bundler]
                            + make.arguments(cache: "cache"),
                        environment: InterruptBench.environment, timeout: 300))
                let said: Comment = "seed \(RunSettings.seed), \(moment) s: \(result.standardError)"
                let left = try bench.left()
                switch result.status {
                case 0: #expect(left == InterruptBench.whole, said)
                // It may come when all is there, and only the summary is still to be said.
                case DiagnosticCategory.interrupted.exitCode:
                    #expect(left == [] || left == InterruptBench.whole, said)
                default: Issue.record(said)
                }
                try make.clear()
            }
            let made = try await make.run(cache: "cache")
            #expect(made.status == 0, "seed \(RunSettings.seed): \(made.standardError)")
            #expect(try bench.left() == InterruptBench.whole)
        }
    }
}

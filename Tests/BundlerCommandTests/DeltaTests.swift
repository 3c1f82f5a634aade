import BundleBuild
import BundleModel
import Fetch
import FoundationEssentials
import Host
import Payload
import Signing
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

/// Deltas, by the built program.
@Suite(.serialized)
struct DeltaTests {
    private struct Files {
        let old: String
        let new: String
        /// Prefix of the key that signed both.
        let key: String
    }

    private func make(
        _ bench: CommandBench, _ name: String, _ key: String, _ more: [String] = []
    ) async throws -> String {
        let output = bench.output.appending(name).string
        let result = try await bench.run(
            [
                "make", "--k8s", "v1.20.2", "--key", "\(key).key", "--bundle-only", "--compression-level", "1",
                "--progress", "none", "--output", output,
            ] + bench.sources + more)
        try #require(result.status == 0, "\(result.standardError)")
        return output
    }

    /// Two bundles, of which the newer has another kubelet.
    private func files(_ bench: CommandBench) async throws -> Files {
        let key = try await bench.key()
        let old = try await make(bench, "old.run", key)
        let kubelet = try #require(bench.plan.artifact(named: "kubelet"))
        try await bench.upstream.replace(kubelet, program: Array("another kubelet".utf8))
        return Files(old: old, new: try await make(bench, "new.run", key), key: key)
    }

    @Test func aDeltaOfTwoBundlesIsShownVerifiedAndNotTakenApart() async throws {
        try await CommandBench.with { bench in
            let files = try await files(bench)
            let delta = bench.output.appending("delta.run").string
            let trust = ["--trusted-key", "\(files.key).pub"]
            let made = try await bench.run(
                ["diff", files.old, files.new, "--output", delta, "--key", "\(files.key).key", "--progress", "none"]
                    + trust)
            try #require(made.status == 0, "\(made.standardError)")
            #expect(made.standardOutput.contains("\ndelta       without "), "\(made.standardOutput)")
            let base = try #require(try BundleFile.open(FilePath(delta)).index.base)
            #expect(base.index == (try SHA256Hasher.hash(BundleFile.open(FilePath(files.old)).indexBytes)))
            #expect(made.standardOutput.contains(base.text))

            let verified = try await bench.run(["verify", delta, "--deep", "--progress", "none"] + trust)
            #expect(verified.status == 0, "\(verified.standardError)")
            #expect(verified.standardOutput.contains("delta      nodes need its base: \(base.text)\n"))
            let shown = try await bench.run(["inspect", delta])
            #expect(shown.standardOutput.contains(" of its base: \(base.text)\n"), "\(shown.standardOutput)")
            #expect(shown.standardOutput.contains("left out of node:\n"))
            #expect(shown.standardOutput.contains("  usr/local/bin/runc\n"))
            #expect(!shown.standardOutput.contains("  usr/local/bin/kubelet\n"))

            let folder = bench.output.appending("apart")
            let refused = try await bench.run(["extract", delta, "--files", "--output", folder.string] + trust)
            #expect(refused.status == DiagnosticCategory.baseMissing.exitCode, "\(refused.standardError)")
            #expect(refused.standardError.contains(base.text) && !FileSystem.exists(folder))
            let again = try await bench.run(
                ["diff", files.old, delta, "--output", folder.string, "--unsigned", "--progress", "none"] + trust)
            #expect(again.status == DiagnosticCategory.baseMissing.exitCode, "\(again.standardError)")

            let set = bench.output.appending("set").string
            let split = try await bench.run(["split", delta, "--output", set, "--volume-size", "9k"])
            #expect(split.status == 0, "\(split.standardError)")
            let volumes = try await bench.run(["verify", "\(set).001", "--progress", "none"] + trust)
            #expect(volumes.status == 0, "\(volumes.standardError)")
        }
    }

    @Test func makeLeavesOutTheSameAndItsLockNeedsTheBase() async throws {
        try await CommandBench.with { bench in
            let files = try await files(bench)
            let trust = ["--trusted-key", "\(files.key).pub"]
            let made = try await make(bench, "made.run", files.key, ["--base", files.old] + trust)
            let diff = bench.output.appending("diff.run").string
            let result = try await bench.run(
                ["diff", files.old, files.new, "--output", diff, "--key", "\(files.key).key", "--progress", "none"]
                    + trust)
            try #require(result.status == 0, "\(result.standardError)")
            let (one, two) = (
                try BundleFile.open(FilePath(made)).index, try BundleFile.open(FilePath(diff)).index
            )
            #expect(one.base == two.base)
            // But for the SBOM, which has the time of making.
            #expect(one.packs.map(\.omitted) == two.packs.map(\.omitted))

            let locked = ["make", "--locked", "\(made).lock.json", "--key", "\(files.key).key", "--bundle-only"]
            let output = bench.output.appending("again.run")
            let end = try ["--output", output.string, "--progress", "none"] + bench.sources
            let without = try await bench.run(locked + end)
            #expect(without.status == DiagnosticCategory.invalidInput.exitCode, "\(without.standardError)")
            #expect(without.standardError.contains("index of the base is none, locked was sha256:"))
            #expect(!FileSystem.exists(output))
            let again = try await bench.run(locked + end + ["--base", files.old] + trust)
            #expect(again.status == 0, "\(again.standardError)")
            #expect(try SHA256Hasher.hash(file: output) == SHA256Hasher.hash(file: FilePath(made)))
        }
    }

    @Test func aBaseIsTakenFromThoseWhomSomebodyTrusts() async throws {
        try await CommandBench.with { bench in
            let files = try await files(bench)
            let before = try bench.left()
            let base = try bench.makeArguments(["--base", files.old])
            #expect(try await bench.run(base).status == DiagnosticCategory.usage.exitCode)
            let needless = try bench.makeArguments(["--trusted-key", "\(files.key).pub"])
            #expect(try await bench.run(needless).status == DiagnosticCategory.usage.exitCode)
            let stranger = "SHA256:\(String(repeating: "0", count: 64))"
            let refused = try await bench.run(base + ["--trusted-key", stranger])
            #expect(refused.status == DiagnosticCategory.untrustedKey.exitCode, "\(refused.standardError)")
            let same = try await bench.run([
                "diff", files.old, files.old, "--output", bench.output.appending("x").string, "--unsigned",
                "--trusted-key", "\(files.key).pub",
            ])
            #expect(same.status == DiagnosticCategory.invalidInput.exitCode)
            #expect(same.standardError.contains("nothing differs"), "\(same.standardError)")
            #expect(try bench.left() == before)
        }
    }
}

import Archive
import BundleModel
import Host
import Payload
import SystemPackage
import Testing
import UpstreamTestSupport

/// `--compression` and `--compression-level`.
struct LevelTests {
    @Test(arguments: [
        (["--compression-level", "0"], "--compression-level 0: zstd has the levels 1 to 22"),
        (["--compression-level", "23"], "--compression-level 23: zstd has the levels 1 to 22"),
        (["--compression", "zstd", "--compression-level=-1"], "zstd has the levels 1 to 22"),
        (["--compression", "xz", "--compression-level", "10"], "--compression-level 10: xz has the levels 0 to 9"),
        (["--compression-level", "best"], "best"), (["--compression", "gzip"], "'gzip'"),
    ])
    func aLevelThatIsNoneIsAUsageErrorThatNamesThoseThereAre(_ arguments: [String], _ words: String) async throws {
        try await CommandBench.with { bench in
            let make = ["make", "--k8s", "v1.20.2", "--unsigned", "--output", bench.output.appending("k8s.run").string]
            let result = try await bench.run(make + arguments)
            #expect(result.status == DiagnosticCategory.usage.exitCode)
            #expect(result.standardError.contains(words), "\(result.standardError)")
            #expect(try bench.left() == [])
        }
    }

    @Test(arguments: [
        ([], 21, 28), (["--compression-level", "19"], 19, 27), (["--compression-level", "22"], 22, 29),
        (["--compression", "xz"], 6, 27),
    ])
    func theIndexAndTheReportsNameLevelAndMemory(_ arguments: [String], _ level: Int, _ log: Int) async throws {
        try await CommandBench.with { bench in
            let output = bench.output.appending("k8s.run")
            let made = try await bench.run(
                ["make", "--k8s", "v1.20.2", "--output", output.string, "--unsigned", "--bundle-only"]
                    + ["--progress", "none"] + bench.sources + arguments)
            #expect(made.status == 0, "\(made.standardError)")
            let bundle = try BundleFile.open(output)
            for pack in bundle.index.packs {
                #expect(pack.compression.level == level && pack.compression.windowLog == log, "\(pack.name)")
                #expect(pack.continues == (level >= 20 && pack.content == .images ? "node" : nil))
                // A worker's part first, then all: whatever the format and the level.
                for prefix in [pack.prefix(for: .worker), pack.whole] {
                    var read = 0
                    try bundle.reader(of: pack, prefix: prefix).forEachMember(pack.members(in: prefix)) { _, _ in
                        read += 1
                        return true
                    }
                    #expect(read == prefix.members)
                }
            }
            let memory = [27: "134.2 MB", 28: "268.4 MB", 29: "536.9 MB"][log] ?? "none"
            #expect(made.standardOutput.contains("MEMORY") && made.standardOutput.contains(memory))
            let shown = try await bench.run(["inspect", output.string]).standardOutput
            #expect(shown.contains("MEMORY") && shown.contains(memory), "\(shown)")
        }
    }
}

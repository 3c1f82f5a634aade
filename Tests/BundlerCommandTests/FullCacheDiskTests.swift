import BundleBuild
import BundleModel
import Host
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

#if canImport(Glibc)
    import Glibc
#endif

/// A cache on a disk that fills up, on a small file system that no other process sees.
@Suite(.serialized, .enabled(if: geteuid() == 0, "SKIPPED: mounting a small file system needs root"))
struct FullCacheDiskTests {
    private static let script = """
        cache=$1 out=$2; shift 2
        mount -t tmpfs -o size=4m none "$cache" || exit 97
        "$@"; status=$?
        echo "left: $(ls -A "$out")"
        mount -o remount,size=64m "$cache" || exit 98
        "$@" >&2 && echo "again: $(ls -A "$cache/partial")"
        exit $status
        """

    @Test func aFullCacheIsSaidLeavesNothingAndTheNextRunGoesOn() async throws {
        try await CommandBench.with { bench in
            let kubelet = try #require(bench.plan.artifact(named: "kubelet"))
            try await bench.upstream.replace(kubelet, program: SampleLayer.noise(6 << 20))
            let cache = bench.scratch.file("cache")
            try FileSystem.makeDirectories(cache)
            let result = try await SystemProcessRunner().run(
                Command(
                    "unshare",
                    ["-m", "sh", "-c", Self.script, "sh", cache.string, bench.output.string, CommandBench.bundler]
                        + bench.makeArguments(),
                    timeout: 1800))
            #expect(result.status == DiagnosticCategory.noSpace.exitCode, "\(result.standardError)")
            #expect(result.standardError.contains(cache.string), "\(result.standardError)")
            #expect(result.standardError.contains("hint: free space"))
            #expect(result.standardOutput.contains("left: \n"), "\(result.standardOutput)")
            #expect(result.standardOutput.contains("again: \n"), "\(result.standardError)")
            #expect(try bench.left() == ["k8s.run", "k8s.run.lock.json", "k8s.run.sha256"])
        }
    }
}

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

/// A medium that is pulled while its file is read: a file system on a loop device whose end is taken away. No other
/// process sees it.
@Suite(
    .serialized,
    .enabled(
        if: geteuid() == 0 && access("/dev/loop-control", F_OK) == 0 && access("/usr/sbin/mkfs.ext4", X_OK) == 0,
        "SKIPPED: needs root, loop devices and mkfs.ext4"))
struct PulledMediumTests {
    /// FOLDER FILE CACHED COMMAND…: reads the last CACHED bytes, pulls the medium, and runs the command with the file as its
    /// last argument.
    private static let script =
        LoopMedium.script
            + """
            cached=$1; shift
            tail -c "$cached" medium/k8s.run >/dev/null
            pull
            exec "$@" medium/k8s.run
            """

    @Test(arguments: [0, 1 << 20])
    func aMediumThatIsGoneIsNoWrongPath(cached: Int) async throws {
        try await CommandBench.with { bench in
            let kubelet = try #require(bench.plan.artifact(named: "kubelet"))
            try await bench.upstream.replace(kubelet, program: SampleLayer.noise(16 << 20))
            let key = try await bench.key()
            let file = try await bench.signed(by: key)
            let result = try await SystemProcessRunner().run(
                Command(
                    "unshare",
                    [
                        "--mount", "sh", "-c", Self.script, "sh", bench.scratch.path.string, file.string, "\(cached)",
                        CommandBench.bundler, "verify", "--progress", "none", "--trusted-key", "\(key).pub",
                    ], timeout: 300))
            #expect(result.status == DiagnosticCategory.bundleDamaged.exitCode, "\(result.standardError)")
            #expect(
                result.standardError.contains(
                    /error: medium\/k8s\.run cannot be read at byte [0-9]+: Input\/output error/),
                "\(result.standardError)")
            #expect(result.standardError.contains("hint: put the medium back and run the same command again"))
            #expect(result.standardOutput == "")
        }
    }
}

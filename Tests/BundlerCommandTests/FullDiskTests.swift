import BundleBuild
import BundleModel
import Host
import SystemPackage
import Testing
import UpstreamTestSupport

#if canImport(Glibc)
    import Glibc
#endif

/// A disk that fills up, on a small file system that no other process sees.
@Suite(.serialized, .enabled(if: geteuid() == 0, "SKIPPED: mounting a small file system needs root"))
struct FullDiskTests {
    struct Case: Sendable, CustomTestStringConvertible {
        /// Bytes of a program that does not compress, and of one in an archive that does.
        var program: Int
        var archived: Int
        var words: String
        var testDescription: String { words }
    }

    /// On 9 MB. What is needed is estimated before; an archive that unpacks to more than others do defeats that.
    static let cases = [
        Case(program: 12_000_000, archived: 100, words: "MB are needed"),
        Case(program: 100, archived: 20_000_000, words: "No space left on device"),
        Case(program: 6_000_000, archived: 5_000_000, words: "No space left on device"),
        Case(program: 6_000_000, archived: 100, words: "No space left on device"),
    ]

    private static let script = """
        dir=$1; shift
        mount -t tmpfs -o size=9m none "$dir" || exit 97
        "$@"; status=$?
        echo "left: $(ls -A "$dir")"
        mount -o remount,size=64m "$dir" || exit 98
        "$@" >&2 && echo "again: $(ls -A "$dir" | tr '\\n' ' ')"
        exit $status
        """

    @Test(arguments: cases)
    func fullDiskLeavesNothingAndTheNextRunWorksWithMoreSpace(_ disk: Case) async throws {
        try await CommandBench.with { bench in
            let kubelet = try #require(bench.plan.artifact(named: "kubelet"))
            let crictl = try #require(bench.plan.artifact(named: "crictl"))
            try await bench.upstream.replace(kubelet, program: Self.noise(disk.program))
            try await bench.upstream.replace(
                crictl, members: ["crictl": [UInt8](repeating: 0, count: disk.archived)])
            let result = try await SystemProcessRunner().run(
                Command(
                    "unshare",
                    ["-m", "sh", "-c", Self.script, "sh", bench.output.string, CommandBench.bundler]
                        + bench.makeArguments(),
                    timeout: 1800))
            #expect(result.status == DiagnosticCategory.noSpace.exitCode, "\(result.standardError)")
            #expect(result.standardError.contains(disk.words), "\(result.standardError)")
            #expect(result.standardError.contains("hint: free space"))
            #expect(result.standardOutput.contains("left: \n"), "\(result.standardOutput)")
            #expect(result.standardOutput.contains("again: k8s.run k8s.run.lock.json k8s.run.sha256 "))
        }
    }

    /// The same bytes each time, and nothing that compresses.
    private static func noise(_ count: Int) -> [UInt8] {
        var state: UInt64 = 0x9e37_79b9_7f4a_7c15
        let words = (0..<(count / 8)).map { _ in
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
        return words.withUnsafeBytes { Array($0) }
    }
}

import BundleBuild
import BundleModel
import Fetch
import FoundationEssentials
import Host
import Signing
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

#if canImport(Glibc)
    import Glibc
#endif

/// Bundles are larger than the memory of the machines that make them: content must pass through, not pile up.
@Suite(.enabled(if: access("/usr/bin/python3", X_OK) == 0, "SKIPPED: needs python3 to read a child's peak memory"))
struct PeakMemoryTests {
    /// Runs a program, and prints its status and its peak resident kilobytes.
    private static let meter = """
        import resource, subprocess, sys
        status = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)
        print(status, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
        """

    /// KUBEFERRY_SEED, or a new one that failures print.
    private let seed =
        ProcessInfo.processInfo.environment["KUBEFERRY_SEED"].flatMap { UInt64($0) } ?? .random(in: 0..<UInt64.max)

    /// Bytes that do not compress: the key stream of a cipher whose key is the seed.
    private func writeNoise(megabytes: Int, to file: FilePath) async throws {
        let script = #"openssl enc -aes-128-ctr -K "$1" -iv 0 -in /dev/zero 2>/dev/null | head -c "$2" > "$3""#
        let digits = String(seed, radix: 16)
        let key = String(repeating: "0", count: 32 - digits.count) + digits
        try await SystemProcessRunner().require(
            Command("sh", ["-c", script, "sh", key, "\(megabytes)000000", file.string], timeout: 1800))
        try #require(try FileSystem.status(file)?.size == UInt64(megabytes) * 1_000_000)
    }

    /// What grows.
    enum Content: CaseIterable {
        case program
        case layer
    }

    private func writeProgram(_ bench: CommandBench, megabytes: Int) async throws {
        let kubelet = try #require(bench.plan.artifact(named: "kubelet"))
        let place = try bench.upstream.location(of: kubelet, BuiltInSources.load().bases)
        try await writeNoise(megabytes: megabytes, to: place)
        let line = "\(try SHA256Hasher.hash(file: place).hex)  kubelet\n"
        try AtomicFile.write(Array(line.utf8), to: FilePath(place.string + ".sha256"))
    }

    private func writeLayer(_ bench: CommandBench, megabytes: Int) async throws {
        let noise = bench.scratch.path.appending("noise")
        try await writeNoise(megabytes: megabytes, to: noise)
        let layout = try SampleLayout(bench.upstream.path.appending("images").appending("large"))
        try await layout.add(
            "registry.example/large:1", [SampleLayer("noise", FileSystem.read(noise, limit: 1 << 30), .gzip)])
    }

    /// Peak resident bytes of `make` and of `verify`.
    private func peaks(_ bench: CommandBench, _ content: Content, megabytes: Int) async throws -> [Int] {
        switch content {
        case .program: try await writeProgram(bench, megabytes: megabytes)
        case .layer: try await writeLayer(bench, megabytes: megabytes)
        }
        let key = bench.scratch.path.appending("key").string
        let output = bench.output.appending("k8s.run").string
        return [
            try await peak(
                [
                    "make", "--k8s", "v1.20.2", "--from-folder", bench.upstream.path.string, "--bundle-only",
                    "--output",
                    output, "--key", "\(key).key", "--compression-level", "1", "--threads", "1", "--progress", "none",
                ] + (content == .layer ? ["--image", "registry.example/large:1"] : [])),
            try await peak(["verify", output, "--trusted-key", "\(key).pub", "--progress", "none"]),
        ]
    }

    private func peak(_ arguments: [String]) async throws -> Int {
        let result = try await SystemProcessRunner().require(
            Command("python3", ["-c", Self.meter, CommandBench.bundler] + arguments, timeout: 1800))
        let numbers = result.standardOutput.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        try #require(
            numbers.count == 2 && numbers[0] == 0,
            "KUBEFERRY_SEED=\(seed): \(result.standardOutput) \(result.standardError)")
        return numbers[1] * 1024
    }

    @Test(arguments: Content.allCases)
    func contentThatIsTwiceAsLargeNeedsNoMoreMemory(_ content: Content) async throws {
        try await CommandBench.with { bench in
            _ = try await bench.key()
            // Both are larger than the compression window, which is memory that is needed in any case.
            let small = try await peaks(bench, content, megabytes: 200)
            let large = try await peaks(bench, content, megabytes: 400)
            for (small, large) in zip(small, large) {
                #expect(
                    large < small + 40_000_000, "\(small) bytes for 200 MB, \(large) for 400 MB; KUBEFERRY_SEED=\(seed)"
                )
            }
            print("peak memory: make \(small[0]) and \(large[0]) bytes, verify \(small[1]) and \(large[1])")
        }
    }
}

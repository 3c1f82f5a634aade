import BundleModel
import Host
import NIOHTTP1
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

#if canImport(Glibc)
    import Glibc
#endif

/// Answers that are larger than what a machine's memory is for.
@Suite(.serialized)
struct LargeDocumentTests {
    enum Document: CaseIterable {
        case checksum
        case manifest
        case token
    }

    /// A gigabyte of JSON whose length nobody is told.
    private static let endless = FaultServer.Reply(
        headers: [("Content-Type", "application/json")], body: [UInt8](repeating: UInt8(ascii: " "), count: 1 << 20),
        isChunked: true, repeats: 1024)

    @Test(arguments: Document.allCases)
    func aGigabyteInADocumentsPlaceIsNotReadToItsEnd(_ document: Document) async throws {
        try await CommandBench.with { bench in
            let url = bench.server.url
            bench.setFault { path in
                switch document {
                case .checksum: return path.hasSuffix("/kubelet.sha256") ? Self.endless : nil
                case .manifest: return path.contains("/kube-proxy/manifests/") ? Self.endless : nil
                case .token:
                    if path.hasPrefix("/token") { return Self.endless }
                    guard path.contains("/kube-proxy/") else { return nil }
                    return FaultServer.Reply(
                        status: .unauthorized,
                        headers: [("WWW-Authenticate", #"Bearer realm="\#(url)/token",service="here""#)])
                }
            }
            let failed = try await bench.run(bench.makeArguments())
            #expect(failed.status == DiagnosticCategory.upstreamMismatch.exitCode, "\(failed.standardError)")
            #expect(failed.standardError.contains(" bytes, expected fewer"), "\(failed.standardError)")
            #expect(failed.standardOutput.isEmpty)
            #expect(try bench.left() == [])
            // What was not sent is in nobody's memory. The rest of this is what systems keep for a connection.
            #expect(bench.server.sent < 64 << 20)

            bench.setFault(nil)
            let made = try await bench.run(bench.makeArguments())
            #expect(made.status == 0, "\(made.standardError)")
        }
    }

    /// Runs a program, and prints its status and its peak resident kilobytes.
    private static let meter = """
        import resource, subprocess, sys
        status = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)
        print(status, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
        """

    @Test(.enabled(if: access("/usr/bin/python3", X_OK) == 0, "SKIPPED: needs python3 to read a child's peak memory"))
    func aLayerThatUnpacksToAThousandTimesItsSizeTakesNoMemoryAndIsRefused() async throws {
        try await CommandBench.with { bench in
            var peaks: [Int] = []
            // More than its config says, by a byte and by a lot.
            for more in [1, 256 << 20] {
                let image = "registry.example/bomb:\(more)"
                var layer = SampleLayer("one", "1", .gzip)
                layer.pipe = "{ cat; head -c \(more) /dev/zero; } | gzip -n1"
                let layout = try SampleLayout(bench.scratch.file("layout-\(more)"))
                try await layout.add(image, [layer])
                let result = try await SystemProcessRunner().require(
                    Command(
                        "python3",
                        ["-c", Self.meter, CommandBench.bundler]
                            + bench.makeArguments(["--image", image, "--image-layout", layout.path.string]),
                        timeout: 600))
                let numbers = result.standardOutput.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
                try #require(numbers.count == 2, "\(result.standardOutput) \(result.standardError)")
                #expect(numbers[0] == Int(DiagnosticCategory.upstreamMismatch.exitCode), "\(result.standardError)")
                #expect(result.standardError.contains("unpacks to sha256:"), "\(result.standardError)")
                #expect(try bench.left() == [])
                peaks.append(numbers[1] * 1024)
            }
            #expect(peaks[1] < peaks[0] + 64_000_000, "\(peaks)")
        }
    }
}

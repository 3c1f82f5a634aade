import BundleModel
import FoundationEssentials
import Host
import NIOHTTP1
import Testing
import UpstreamTestSupport

/// Upstreams that lie, refuse or are not there, as the person at the terminal sees them.
@Suite(.serialized)
struct UpstreamFaultTests {
    struct Fault: Sendable, CustomTestStringConvertible {
        /// The end of the request's path, or with a slash at its end a folder in it.
        var path: String
        var reply: FaultServer.Reply
        var category: DiagnosticCategory
        /// What the message must name.
        var words: [String]

        func strikes(_ request: String) -> Bool {
            path.hasSuffix("/") ? request.contains(path) : request.hasSuffix(path)
        }

        var testDescription: String { "\(path) \(reply.status.code) \(words.joined(separator: " "))" }
    }

    private struct Failure: Decodable {
        var category: DiagnosticCategory
        var exitCode: Int32
    }

    private static let page = Array("<html><body>Please log in</body></html>".utf8)

    static let faults = [
        Fault(
            path: "/amd64/kubelet", reply: .init(status: .notFound), category: .missingArtifact,
            words: ["kubelet", "404", "--source"]),
        Fault(
            path: "containerd-1.6.20-linux-amd64.tar.gz",
            reply: .init(headers: [("Content-Type", "text/html")], body: page),
            category: .upstreamMismatch, words: ["containerd-1.6.20", "web page", "expected a file"]),
        Fault(
            path: "containerd-1.6.20-linux-amd64.tar.gz", reply: .init(body: page), category: .upstreamMismatch,
            words: ["containerd-1.6.20", "expected"]),
        Fault(
            path: "/kubelet.sha256", reply: .init(body: page), category: .upstreamMismatch,
            words: ["kubelet", "no SHA-256", "log in"]),
        Fault(
            path: "/runc.amd64", reply: .init(body: Array("another program".utf8)), category: .upstreamMismatch,
            words: ["runc.amd64", "expected", "mirror"]),
        Fault(
            path: "/amd64/kubectl", reply: .init(body: Array("program kubectl".utf8), cutAfter: 4),
            category: .upstreamUnreachable, words: ["kubectl", "run the same command again"]),
        Fault(
            path: "/v2/", reply: .init(status: .unauthorized), category: .upstreamRefused,
            words: ["/v2/", "401", "log in"]),
        Fault(
            path: "/v2/", reply: .init(status: .tooManyRequests, headers: [("Retry-After", "0")]),
            category: .upstreamRefused, words: ["/v2/", "429", "--registry-mirror"]),
        Fault(
            path: "/blobs/", reply: .init(body: Array("another layer".utf8)), category: .upstreamMismatch,
            words: ["/blobs/sha256:", "expected"]),
    ]

    @Test(arguments: faults)
    func faultIsNamedLeavesNothingBehindAndTheNextRunWorks(fault: Fault) async throws {
        try await CommandBench.with { bench in
            bench.setFault { fault.strikes($0) ? fault.reply : nil }
            let failed = try await bench.run(bench.makeArguments())
            #expect(failed.status == fault.category.exitCode, "\(failed.standardError)")
            #expect(failed.standardError.hasPrefix("error: "))
            #expect(failed.standardError.contains("\nhint: "))
            for word in fault.words { #expect(failed.standardError.contains(word), "\(failed.standardError)") }
            #expect(failed.standardOutput.isEmpty)
            #expect(try bench.left() == [])

            bench.setFault(nil)
            let made = try await bench.run(bench.makeArguments())
            #expect(made.status == 0, "\(made.standardError)")
            #expect(try bench.left() == ["k8s.run", "k8s.run.lock.json", "k8s.run.sha256"])
        }
    }

    @Test func aRegistryThatGivesNoTokenIsNamed() async throws {
        try await CommandBench.with { bench in
            let url = bench.server.url
            bench.setFault { path in
                if path.hasPrefix("/token") { return FaultServer.Reply(status: .forbidden) }
                guard path.hasPrefix("/v2/") else { return nil }
                return FaultServer.Reply(
                    status: .unauthorized,
                    headers: [("WWW-Authenticate", #"Bearer realm="\#(url)/token",service="here""#)])
            }
            let failed = try await bench.run(bench.makeArguments())
            #expect(failed.status == DiagnosticCategory.upstreamRefused.exitCode, "\(failed.standardError)")
            #expect(failed.standardError.contains("\(url)/token gives no token to pull k8s.gcr.io/"))
            #expect(try bench.left() == [])
        }
    }

    @Test func upstreamThatIsNotThereIsNamed() async throws {
        try await CommandBench.with { bench in
            // Nothing listens on port 1.
            let nobody = try bench.makeArguments(["--retries", "0", "--format", "json"]).map {
                $0.hasPrefix("runc=") ? "runc=http://127.0.0.1:1" : $0
            }
            let failed = try await bench.run(nobody)
            #expect(failed.status == DiagnosticCategory.upstreamUnreachable.exitCode)
            #expect(failed.standardError.contains("http://127.0.0.1:1/v1.1.5/runc"))
            let report = try CanonicalJSON.decode(Failure.self, from: Data(failed.standardOutput.utf8))
            #expect(report.exitCode == failed.status && report.category == .upstreamUnreachable)
            #expect(try bench.left() == [])
            #expect(try await bench.run(bench.makeArguments()).status == 0)
        }
    }
}

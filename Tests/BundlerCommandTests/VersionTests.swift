import BundleModel
import Host
import Testing
import UpstreamTestSupport

struct VersionTests {
    @Test(arguments: ["plan", "make"])
    func unknownVersionNamesTheNearestKnownOnes(command: String) async throws {
        try await CommandBench.with { bench in
            let arguments = try command == "make" ? bench.makeArguments() : ["plan", "--k8s", "x", "--offline"]
            let wanted = arguments.map { $0 == "v1.20.2" || $0 == "x" ? "v1.33.99" : $0 }
            let result = try await bench.run(wanted)
            #expect(result.status == DiagnosticCategory.unknownVersion.exitCode)
            #expect(result.standardError.contains("Kubernetes 1.33.99"))
            #expect(result.standardError.contains("nearest known versions are 1.33.11, 1.33.12, 1.33.13"))
            #expect(bench.server.log == [])
            #expect(try bench.left() == [])
        }
    }

    @Test func impossibleCombinationNamesTheRuleAndItsSource() async throws {
        try await CommandBench.with { bench in
            let result = try await bench.run(
                bench.makeArguments(["--containerd", "1.7.20"]).map { $0 == "v1.20.2" ? "v1.33.6" : $0 })
            #expect(result.status == DiagnosticCategory.incompatibleVersions.exitCode)
            for word in ["rule containerd-minimum", "1.7.24", "1.7.20", "RELEASES.md", "--allow-untested"] {
                #expect(result.standardError.contains(word), "\(result.standardError)")
            }
            #expect(bench.server.log == [])
            #expect(try bench.left() == [])
        }
    }

    @Test(arguments: [
        ["make", "--k8s", "v1.20.2", "--output", "x"], ["make", "--unsigned", "--output", "x"],
        ["make", "--locked", "l", "--containerd", "1.6.20", "--unsigned", "--output", "x"],
        ["plan", "--retries", "-1"],
    ])
    func commandLineThatSaysTooLittleOrTooMuchIsAUsageError(arguments: [String]) async throws {
        try await CommandBench.with { bench in
            let result = try await bench.run(arguments)
            #expect(result.status == DiagnosticCategory.usage.exitCode)
            #expect(result.standardError.hasPrefix("Error: "))
        }
    }
}

import BundleModel
import Host
import SystemPackage
import Testing
import UpstreamTestSupport

struct OutputTests {
    @Test func aFolderThatDoesNotExistIsNotMade() async throws {
        try await CommandBench.with { bench in
            let output = bench.output.appending("slip/k8s.run").string
            let result = try await bench.run(bench.makeArguments(["--output", output]))
            #expect(result.status == DiagnosticCategory.invalidInput.exitCode)
            #expect(
                result.standardError.contains("--output '\(output)': expected a file in a folder that exists"),
                "\(result.standardError)")
            #expect(try bench.left() == [])
            #expect(bench.server.log == [])
        }
    }
}

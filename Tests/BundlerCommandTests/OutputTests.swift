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

    @Test func aResultThatIsCutOffIsNoSuccess() async throws {
        for format in ["text", "json"] {
            let result = try await SystemProcessRunner().run(
                Command(
                    "sh", ["-c", "exec \"$0\" matrix --format \(format) > /dev/full", CommandBench.bundler], timeout: 60
                ))
            #expect(result.status == DiagnosticCategory.noSpace.exitCode, "\(result.standardError)")
            #expect(result.standardError.contains("standard output"))
        }
    }
}

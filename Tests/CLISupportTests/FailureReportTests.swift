import ArgumentParser
import BundleModel
import CLISupport
import Testing

struct FailureReportTests {
    private struct Full: Diagnostic {
        let category = DiagnosticCategory.noSpace
        let message = "write /var/lib/x: no space left on device"
        let hint = "free 3.2 GB"
    }
    private struct Unforeseen: Error, CustomStringConvertible {
        let description = "odd"
    }

    @Test func aDiagnosticKeepsItsCategoryAndCode() {
        let report = FailureReport(Full())
        #expect(report.exitCode == 43)
        #expect(report.text == "error: write /var/lib/x: no space left on device\nhint: free 3.2 GB\n")
    }

    @Test func anythingElseIsAFaultOfOurs() {
        let report = FailureReport(Unforeseen())
        #expect(report.category == .internal)
        #expect(report.exitCode == 1)
        #expect(report.text == "error: odd\n")
    }

    @Test func anInterruptSaysHowToGoOn() {
        let report = FailureReport(CancellationError())
        #expect(report.exitCode == 130)
        #expect(!report.hint.isEmpty)
    }

    @Test func aWrongCommandLineIsUsage() {
        let report = FailureReport(ValidationError("--cni and --from-folder exclude each other"))
        #expect(report.category == .usage)
        #expect(report.message == "--cni and --from-folder exclude each other")
    }

    @Test func theJSONIsGolden() throws {
        let text = String(decoding: try CanonicalJSON.encode(FailureReport(Full())), as: UTF8.self)
        #expect(
            text == """
                {
                  "category" : "noSpace",
                  "exitCode" : 43,
                  "hint" : "free 3.2 GB",
                  "message" : "write /var/lib/x: no space left on device",
                  "schemaVersion" : 1
                }

                """)
    }
}

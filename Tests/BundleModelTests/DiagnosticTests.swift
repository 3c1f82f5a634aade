import BundleModel
import Testing

struct DiagnosticTests {
    private struct Example: Diagnostic {
        let category = DiagnosticCategory.noSpace
        let message: String
        let hint: String
    }

    @Test func theTextIsTheMessageAndTheHint() {
        #expect(Example(message: "full", hint: "free some").description == "full\nfree some")
        #expect(Example(message: "full", hint: "").description == "full")
    }

    @Test func errorsOfTheModelAreBadInput() throws {
        let errors: [any Diagnostic] = [
            VersionError.malformed("x"), DigestError.malformed("x"), ImageReferenceError.badName("x"),
            ImageReferenceError.badTag("x"), ImageReferenceError.badDigest("x"),
        ]
        for error in errors {
            #expect(error.category == .invalidInput)
            #expect(error.message.contains("'x'"))
            #expect(error.message.contains("expected"))
        }
    }
}

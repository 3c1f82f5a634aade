import BundleModel
import FoundationEssentials
import Testing

/// What a person reads about a document that does not decode.
struct ExplanationTests {
    private struct Document: Codable {
        struct Entry: Codable {
            var sha256: SHA256Digest
            var version: SemanticVersion
            var image: ImageReference
        }
        var entries: [Entry]
    }

    private func explain(_ text: String) throws -> String {
        let error = try #require(throws: (any Error).self) {
            try CanonicalJSON.decode(Document.self, from: Data(text.utf8))
        }
        return CanonicalJSON.explanation(of: error)
    }

    private func entry(sha256: String = "sha256:\(String(repeating: "0", count: 64))", version: String = "1.2.3")
        -> String
    {
        #"{"entries":[{"sha256":"\#(sha256)","version":"\#(version)","image":"a.b/c:1"}]}"#
    }

    @Test func aValueThatDoesNotParseIsNamedWithItsPlace() throws {
        #expect(
            try explain(entry(sha256: "sha256:12")).hasPrefix("entries[0].sha256: not a SHA-256 digest: 'sha256:12'"))
        #expect(try explain(entry(version: "new")).hasPrefix("entries[0].version: not a version: 'new'"))
        let image = try explain(entry().replacing("a.b/c:1", with: "UPPER/x"))
        #expect(image.hasPrefix("entries[0].image: not an image name"))
    }

    @Test func aMissingKeyAndAWrongTypeAreNamed() throws {
        #expect(try explain(#"{"entries":[{}]}"#) == "entries[0] lacks 'sha256'")
        #expect(try explain("{}") == "the file lacks 'entries'")
        #expect(try explain(#"{"entries":1}"#).hasPrefix("entries: "))
    }

    @Test(arguments: ["", "<html>", "{\"entries\":[", "not json"])
    func textThatIsNotJSONIsSaidToBeNone(_ text: String) throws {
        let explanation = try explain(text)
        #expect(explanation.hasPrefix("the file is not JSON: "))
        #expect(!explanation.contains("DecodingError") && !explanation.contains("Context("))
    }
}

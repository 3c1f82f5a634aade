import BundleModel
import FoundationEssentials
import Testing

struct CanonicalJSONTests {
    @Test func keysAreSortedSlashesPlainAndTheLineEnds() throws {
        let data = try CanonicalJSON.encode(["b": "x/y", "a": "é\u{1}"])
        #expect(String(decoding: data, as: UTF8.self) == "{\n  \"a\" : \"é\\u0001\",\n  \"b\" : \"x/y\"\n}\n")
    }

    @Test func oneLineForJournals() throws {
        let data = try CanonicalJSON.encodeLine(["b": 1, "a": 2])
        #expect(String(decoding: data, as: UTF8.self) == "{\"a\":2,\"b\":1}")
    }

    @Test func theIndexOfABundleIsGolden() throws {
        let bytes = try CanonicalJSON.encode(try SampleIndex.make())
        #expect(String(decoding: bytes, as: UTF8.self) == SampleIndex.golden)
    }

    @Test func theGoldenIndexReadsBackToTheSameValue() throws {
        let read = try CanonicalJSON.decode(BundleIndex.self, from: Data(SampleIndex.golden.utf8))
        #expect(read == (try SampleIndex.make()))
        #expect(read.schemaVersion == BundleIndex.currentSchemaVersion)
    }

    @Test func aDamagedFieldIsNamedByItsError() {
        let broken = SampleIndex.golden.replacing("\"productLine\"", with: "\"productLines\"")
        #expect(throws: DecodingError.self) {
            try CanonicalJSON.decode(BundleIndex.self, from: Data(broken.utf8))
        }
    }
}

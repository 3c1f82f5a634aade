import BundleModel
import Testing

struct SemanticVersionTests {
    @Test(arguments: [
        ("1.33.6", "1.33.6"), ("v1.33.6", "1.33.6"), ("1.31.0-rc.1", "1.31.0-rc.1"), ("0.0.0", "0.0.0"),
        ("2.0.0-alpha-x.7", "2.0.0-alpha-x.7"),
    ])
    func versionsAreReadWithAndWithoutTheLetter(text: String, expected: String) throws {
        #expect(try SemanticVersion(text).description == expected)
    }

    @Test(arguments: [
        "", "v", "1", "1.2", "1.2.3.4", "1..3", "1.2.x", "1.2.3-", "1.2.3-a..b", "1.2.3+build", "vv1.2.3", " 1.2.3",
        "-1.2.3", "1.2.+3", "9999999999.0.0", "1.2.3-ä", "01.2.3", "1.02.3", "1.2.3-01", "1.2.3\n",
    ])
    func anythingElseIsRefusedWithTheRawText(text: String) {
        #expect(throws: VersionError.malformed(text)) { try SemanticVersion(text) }
    }

    @Test func orderFollowsTheSpecification() throws {
        let sorted = [
            "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11",
            "1.0.0-rc.1", "1.0.0", "1.0.1", "1.2.0", "1.10.0", "2.0.0",
        ]
        let versions = try sorted.map { try SemanticVersion($0) }
        #expect(versions.reversed().sorted() == versions)
        for (left, right) in zip(versions, versions.dropFirst()) {
            #expect(left < right)
            #expect(!(right < left))
        }
    }

    @Test func namesOfLinesAndTags() throws {
        let version = try SemanticVersion("1.33.6")
        #expect(version.minorName == "1.33")
        #expect(version.tag == "v1.33.6")
    }
}

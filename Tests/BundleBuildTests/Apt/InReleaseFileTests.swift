import Testing

@testable import BundleBuild

struct InReleaseFileTests {
    /// The fields that say where packages for all architectures are, as real archives have them.
    private static let fields: [(String, Bool)] = [
        ("Architectures: all amd64 arm64\nNo-Support-for-Architecture-all: Packages", false),
        ("Architectures: amd64 arm64", false), ("Architectures: all amd64", true), ("Suite: stable", true),
    ]

    @Test(arguments: fields)
    func anIndexForAllArchitecturesIsUsedOnlyWhereTheArchiveServesOne(_ lines: String, _ isServed: Bool) throws {
        let text = "Origin: test\n\(lines)\nSHA256:\n \(String(repeating: "a", count: 64)) 1 main/binary-all/Packages\n"
        let file = try InReleaseFile(Array(text.utf8), url: "http://a.example/InRelease")
        #expect(file.hasIndexForAll == isServed)
    }
}

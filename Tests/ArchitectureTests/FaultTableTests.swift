import FoundationEssentials
import Testing

/// docs/faults.md: every fault that `bundler make` has to stand has a row, and every row tests that are there.
struct FaultTableTests {
    private struct Row {
        let fault: String
        let exitCodes: [Int]
        /// `Suite/function`
        let tests: [String]
    }

    private static let faults = [
        "connections cut at random bytes", "429 and 503, with and without `Retry-After`", "200 with an error page",
        "a proxy that refuses, or wants another login", "something else in a manifest's place, or a part of it",
        "wrong length", "wrong digest from one mirror and right from the next", "endless redirects",
        "a stalled stream", "TLS with a wrong name", "a token endpoint that denies", "an index without the platform",
        "a manifest list of 10,000 entries", "a JSON of 1 GB", "gzip bombs", "a deb whose control file lies",
        "an apt index past Valid-Until", "a full cache disk", "a cache corrupted on disk", "two makes at once",
        "SIGINT at every stage",
    ]

    private static func rows() throws -> [Row] {
        let lines = try SourceFile.text("docs/faults.md").split(separator: "\n").filter { $0.hasPrefix("| ") }
        return try lines.dropFirst().map { line -> Row in
            let cells = line.split(separator: "|")
            try #require(cells.count >= 5, "\(line)")
            var fault = cells[0].drop { $0 == " " }
            while fault.last == " " { fault.removeLast() }
            let codes = cells[2].split { !$0.isNumber }.compactMap { Int($0) }
            let quoted = cells[4].split(separator: "`", omittingEmptySubsequences: false).enumerated()
            return Row(
                fault: String(fault), exitCodes: codes,
                tests: quoted.filter { $0.offset % 2 == 1 }.map { String($0.element) })
        }
    }

    /// Every Swift file of the tests, in paragraphs.
    private static func testFiles() throws -> [[Substring]] {
        try FileManager.default.subpathsOfDirectory(atPath: "\(SourceFile.repository)/Tests")
            .filter { $0.hasSuffix("Tests.swift") }
            .map { try SourceFile.text("Tests/\($0)") }
            .map { text in text.split(separator: "\n\n") }
    }

    @Test func everyFaultHasARow() throws {
        #expect(try Self.rows().map(\.fault) == Self.faults)
    }

    @Test func everyTestOfTheTableExists() throws {
        let files = try Self.testFiles()
        #expect(files.count > 100)
        for row in try Self.rows() {
            #expect(!row.tests.isEmpty, "\(row.fault)")
            for test in row.tests {
                let names = test.split(separator: "/")
                try #require(names.count == 2, "\(test)")
                let isThere = files.contains { paragraphs in
                    paragraphs.contains { $0.contains("struct \(names[0]) {") }
                        && paragraphs.contains { $0.contains("@Test") && $0.contains("func \(names[1])(") }
                }
                #expect(isThere, "\(row.fault): there is no test \(test)")
            }
        }
    }

    @Test func everyExitCodeOfTheTableIsOne() throws {
        let known = try SourceFile.text("docs/exit-codes.md").split(separator: "\n").compactMap { line in
            line.hasPrefix("| ") ? Int(line.dropFirst(2).prefix { $0.isNumber }) : nil
        }
        for row in try Self.rows() {
            #expect(!row.exitCodes.isEmpty, "\(row.fault)")
            #expect(Set(row.exitCodes).isSubset(of: known + [0]), "\(row.fault): \(row.exitCodes)")
        }
    }
}

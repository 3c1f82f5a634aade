import BundleModel
import FoundationEssentials
import Testing

/// docs/exit-codes.md and the code must say the same.
struct ExitCodeTests {
    @Test func theDocumentedTableIsTheCodes() throws {
        let rows = try Self.documentedRows()
        let expected = DiagnosticCategory.allCases.map { ["\($0.exitCode)", "`\($0.rawValue)`", $0.summary] }
            .sorted { (Int($0[0]) ?? 0) < (Int($1[0]) ?? 0) }
        #expect(rows == expected)
    }

    @Test func everyCategoryHasACodeOfItsOwn() {
        let codes = DiagnosticCategory.allCases.map(\.exitCode)
        #expect(Set(codes).count == codes.count)
        // 0 is success, 2 is left to shells, 126 and above but 130 to signals and exec.
        #expect(codes.allSatisfy { $0 == 130 || ($0 > 0 && $0 < 126 && $0 != 2) })
    }

    /// The cells of the table's rows that begin with a number.
    private static func documentedRows() throws -> [[String]] {
        var root = #filePath.split(separator: "/")
        root.removeLast(3)
        let text = try String(
            contentsOfFile: "/" + root.joined(separator: "/") + "/docs/exit-codes.md", encoding: .utf8)
        return text.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|").map { $0.drop { $0 == " " } }
                .map { String($0.reversed().drop { $0 == " " }.reversed()) }
            guard cells.count == 3, let code = Int(cells[0]), code != 0 else { return nil }
            return cells
        }
    }
}

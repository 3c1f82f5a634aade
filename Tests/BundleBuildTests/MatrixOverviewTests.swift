import BundleBuild
import BundleModel
import Testing

struct MatrixOverviewTests {
    private let rows: [MatrixOverview.Row]

    init() throws { rows = MatrixOverview(try VersionMatrix.embedded()).rows }

    private func texts(_ component: String, _ line: String) -> [String] {
        rows.filter { $0.component == component && $0.line == line }.map { "\($0.range) \($0.status.rawValue)" }
    }

    @Test func onlyVersionsThatAreRunAreMarkedSo() {
        #expect(texts("containerd", "1.6") == ["1.6.20 run-here", "1.6.0 to 1.6.39 golden-only"])
        #expect(texts("containerd", "1.7") == ["1.7.24 run-here", "1.7.0 to 1.7.34 golden-only"])
        #expect(texts("kubernetes", "1.20") == ["1.20.2 run-here"])
        #expect(texts("containerd", "2.3") == ["2.3.0 to 2.3.4 golden-only"])
        let run = rows.filter { $0.status == .runHere }.map(\.range)
        #expect(run == ["1.20.2", "1.6.20", "1.7.24"])
    }

    @Test func aRunVersionGoesWithItsOwnRunc() throws {
        let row = try #require(rows.first { $0.range == "1.6.20" })
        #expect(row.goesWith.hasPrefix("runc 1.1.5, config version 2"))
        let newest = try #require(rows.last { $0.component == "containerd" })
        #expect(newest.goesWith.contains("config version 3"))
    }
}

import BundleBuild
import BundleModel
import Testing

struct MatrixOverviewTests {
    private let rows: [MatrixOverview.Row]

    init() throws { rows = MatrixOverview(try VersionMatrix.embedded()).rows }

    private func texts(_ component: String, _ line: String) -> [String] {
        let found = rows.filter { $0.component.rawValue == component && $0.line == line }
        return found.map { "\($0.range) \($0.status.rawValue)" }
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
        let newest = try #require(rows.last { $0.component == .containerd })
        #expect(newest.goesWith.contains("config version 3"))
    }

    @Test func aLineShowsOnlyWhatGoesWithIt() throws {
        let overview = MatrixOverview(try VersionMatrix.embedded(), kubernetes: "1.33")
        func ranges(_ component: MatrixOverview.Row.Component) -> [String] {
            overview.rows.filter { $0.component == component }.map(\.range)
        }
        #expect(ranges(.kubernetes) == ["1.33.0 to 1.33.13"])
        // From the lowest supported patch of each line.
        #expect(
            ranges(.containerd) == [
                "1.6.36 to 1.6.39", "1.7.24", "1.7.25 to 1.7.34", "2.0.4 to 2.0.11", "2.1.0 to 2.1.9",
            ])
        #expect(ranges(.calico) == ["3.30.0 to 3.30.7", "3.31.0 to 3.31.7"])
        #expect(ranges(.network) == ["1.18.4", "0.25.7", "0.27.4", "0.28.9"])
        #expect(overview.rows.contains { $0.line == "helm" && $0.range == "3.18.4" })
        #expect(!overview.rows.contains { $0.line == "dashboard" })
    }

    @Test func everyRowSaysWhyByADocumentThatIsShown() throws {
        for line in [nil, "1.20", "1.33"] {
            let overview = MatrixOverview(try VersionMatrix.embedded(), kubernetes: line)
            #expect(overview.rows.allSatisfy { !$0.sources.isEmpty })
            #expect(Set(overview.rows.flatMap(\.sources)) == Set(overview.sources.keys), "\(line ?? "all")")
        }
    }
}

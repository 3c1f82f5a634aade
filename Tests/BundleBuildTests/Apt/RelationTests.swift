import BundleModel
import Testing

@testable import BundleBuild

struct RelationTests {
    @Test(arguments: [
        ("libc6", "libc6"), ("libc6 (>= 2.36)", "libc6 (>= 2.36)"), ("libc6(>=2.36)", "libc6 (>= 2.36)"),
        ("python3:any (<< 3.12)", "python3:any (<< 3.12)"), ("foo (< 1)", "foo (<= 1)"), ("foo (> 1)", "foo (>= 1)"),
        ("foo [amd64 !i386] <!nocheck>", "foo"), ("foo (= 1:2-3) [linux-any]", "foo (= 1:2-3)"),
        ("g++-12 (>> 1)", "g++-12 (>> 1)"), ("a | b (>= 1)|c", "a | b (>= 1) | c"), ("  a\n ", "a"),
    ])
    func relationsAreRead(_ text: String, _ read: String) throws {
        let found = try Dependency.parse(text, of: "test")
        #expect(found.map(\.description) == [read])
    }

    @Test(arguments: ["foo (>= )", "foo (>=", "foo (~ 1)", "(>= 1)", "fo/o", "foo (1)", "a | (b)", "é"])
    func whatIsNoRelationIsRefusedWithItsOwner(_ text: String) {
        let error = #expect(throws: BundleBuildError.self) { try Dependency.parse(text, of: "tool 1.0") }
        #expect(error?.category == .upstreamMismatch)
        #expect(error?.message.hasPrefix("tool 1.0: ") == true)
    }

    @Test func fieldsOverSeveralLinesAndWithEmptyPartsAreRead() throws {
        let found = try Dependency.parse("a (>= 1),\n b | c,\n ,d,", of: "test")
        #expect(found.map(\.description) == ["a (>= 1)", "b | c", "d"])
    }

    @Test(arguments: [
        ("tool", true), ("tool (>= 1)", true), ("tool (>> 1)", false), ("tool:any", false), ("tool:amd64", true),
        ("tool:i386", false), ("tool:native", true), ("virtual", true), ("virtual (= 3)", false),
        ("versioned (>= 4)", true), ("versioned (>= 5)", false), ("other", false),
    ])
    func aPackageMeetsItsNameAndWhatItProvides(_ text: String, _ expected: Bool) throws {
        let package = try PackageRecord.sample("tool", "1", "Provides: virtual, versioned (= 4)")
        let relation = try #require(Relation(text[...]))
        #expect(package.meets(relation) == expected)
    }

    @Test func anyArchitectureMeansPackagesThatAllowIt() throws {
        let package = try PackageRecord.sample("tool", "1", "Multi-Arch: allowed")
        let relation = try #require(Relation("tool:any"))
        #expect(package.meets(relation))
    }
}

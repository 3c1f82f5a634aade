import BundleModel
import Testing

@testable import BundleBuild

struct InstallOrderTests {
    private func order(_ packages: [PackageRecord]) throws -> [String] {
        try InstallOrder.arrange(packages).map { "\($0.package.name) \($0.stage)" }
    }

    @Test func eachComesAfterWhatItNeeds() throws {
        let packages: [PackageRecord] = [
            try .sample("a", "1", "Depends: b, z | c"), try .sample("b", "1", "Depends: d"), try .sample("c", "1"),
            try .sample("d", "1", "Depends: libc6"),
        ]
        let expected = try order(packages)
        let place = Dictionary(uniqueKeysWithValues: expected.enumerated().map { ($1, $0) })
        for (later, earlier) in [("a 0", "b 0"), ("a 0", "c 0"), ("b 0", "d 0")] {
            let (one, other) = (try #require(place[later]), try #require(place[earlier]))
            #expect(one > other)
        }
        #expect(try order(packages.reversed()) == expected)
    }

    @Test func whatIsPreDependedOnIsInAnEarlierStageWithAllThatItNeeds() throws {
        let found = try order([
            .sample("tool", "1", "Pre-Depends: early", "Depends: late"), .sample("early", "1", "Depends: helper"),
            .sample("helper", "1"), .sample("late", "1"), .sample("last", "1", "Pre-Depends: tool"),
            .sample("user", "1", "Depends: tool"),
        ])
        #expect(Set(found.prefix(3)) == ["early 0", "helper 0", "late 0"])
        #expect(found.suffix(3) == ["tool 1", "user 1", "last 2"])
    }

    @Test func packagesThatNeedEachOtherAreInOneStage() throws {
        let found = try order([
            .sample("a", "1", "Depends: b"), .sample("b", "1", "Depends: a", "Pre-Depends: first"),
            .sample("first", "1"),
        ])
        #expect(found == ["first 0", "a 1", "b 1"])
    }

    @Test func whatNobodyCanUnpackFirstIsRefused() throws {
        let packages: [PackageRecord] = [
            try .sample("a", "1", "Depends: b"), try .sample("b", "1", "Pre-Depends: a"),
        ]
        let error = #expect(throws: BundleBuildError.self) { try InstallOrder.arrange(packages) }
        #expect(error?.category == .invalidInput)
        #expect(error?.message.contains("b 1 and a 1") == true)
    }

    @Test func aLongChainDoesNotEndTheProgram() throws {
        let packages = try (0..<2000).map { try PackageRecord.sample("p\($0)", "1", "Depends: p\($0 + 1)") }
        let found = try InstallOrder.arrange(packages)
        #expect(found.first?.package.name == "p1999" && found.last?.package.name == "p0")
    }
}

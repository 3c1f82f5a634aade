import BundleModel
import TestSupport
import Testing

@testable import BundleBuild

struct PackageClosureTests {
    private func closure(
        _ wanted: [String], _ packages: [PackageRecord], pins: [String: String] = [:]
    ) throws -> [String] {
        let index = PackageIndex(packages, pins: pins)
        let base = try PackageClosure.minimalInstall(index)
        return try PackageClosure.resolve(wanted, in: index, beside: base).map(\.description)
    }

    private func failure(_ wanted: [String], _ packages: [PackageRecord]) throws -> String {
        let error = #expect(throws: BundleBuildError.self) { try closure(wanted, packages) }
        return error?.message ?? ""
    }

    @Test func whatIsNeededComesAndWhatEverySystemHasDoesNot() throws {
        let found = try closure(
            ["tool"],
            [
                .sample("base", "1", "Essential: yes", "Depends: libbase"), .sample("libbase", "1"),
                .sample("login", "1", "Priority: required", "Pre-Depends: libpam"), .sample("libpam", "1"),
                .sample("tool", "1", "Depends: lib (>= 2), libbase, libpam", "Pre-Depends: early"),
                .sample("lib", "2"), .sample("lib", "1"), .sample("early", "1"), .sample("unrelated", "1"),
            ])
        #expect(found.sorted() == ["early 1", "lib 2", "tool 1"])
    }

    @Test func packagesThatNeedEachOtherComeTogether() throws {
        let found = try closure(
            ["a"],
            [
                .sample("a", "1", "Depends: b"), .sample("b", "1", "Depends: c"), .sample("c", "1", "Depends: a, b"),
            ])
        #expect(found == ["a 1", "b 1", "c 1"])
    }

    @Test func theFirstAlternativeThatCanBeHadIsTaken() throws {
        let packages: [PackageRecord] = [
            try .sample("tool", "1", "Depends: gone | broken | good | better"),
            try .sample("broken", "1", "Depends: deeper"), try .sample("deeper", "1", "Depends: nowhere"),
            try .sample("good", "1"), try .sample("better", "1"),
        ]
        #expect(try closure(["tool"], packages) == ["tool 1", "good 1"])
        // What is chosen already is enough.
        #expect(try closure(["tool", "better"], packages) == ["tool 1", "better 1"])
    }

    @Test func anAlternativeThatConflictsWithWhatIsChosenIsPassedOver() throws {
        let found = try closure(
            ["firewall", "tool"],
            [
                .sample("firewall", "1", "Conflicts: other-firewall"),
                .sample("tool", "1", "Depends: other-firewall | helper"), .sample("other-firewall", "1"),
                .sample("helper", "1"),
            ])
        #expect(found == ["firewall 1", "tool 1", "helper 1"])
    }

    @Test func virtualPackagesAreProvided() throws {
        let packages: [PackageRecord] = [
            try .sample("tool", "1", "Depends: awk, editor (>= 2)"), try .sample("mawk", "1", "Provides: awk"),
            try .sample("gawk", "1", "Provides: awk"), try .sample("ed", "1", "Provides: editor"),
            try .sample("nano", "1", "Provides: editor (= 2)"),
        ]
        // By name among equals: the same on every machine.
        #expect(try closure(["tool"], packages) == ["tool 1", "gawk 1", "nano 1"])
        #expect(try closure(["tool"], packages.reversed()) == ["tool 1", "gawk 1", "nano 1"])
        let withBase = try packages + [.sample("busybox", "1", "Essential: yes", "Provides: awk")]
        #expect(try closure(["tool"], withBase) == ["tool 1", "nano 1"])
    }

    @Test func whatIsNowhereIsNamedWithWhoNeedsIt() throws {
        let message = try failure(
            ["tool"],
            [.sample("tool", "1", "Depends: lib"), .sample("lib", "1", "Depends: deep (>= 3)"), .sample("deep", "2")])
        #expect(message.contains("deep (>= 3), which lib 1 (for tool) needs"))
        #expect(message.contains("it has deep 2"))
        #expect(try failure(["nothing"], []).contains("nothing is not in the package index"))
    }

    @Test func twoVersionsOfOnePackageAreRefused() throws {
        let message = try failure(
            ["one", "two"],
            [
                .sample("one", "1", "Depends: lib"), .sample("two", "1", "Depends: lib (= 1)"), .sample("lib", "1"),
                .sample("lib", "2"),
            ])
        #expect(message.contains("lib (= 1), which two 1 needs") && message.contains("lib 2 is what is there already"))
    }

    @Test(arguments: ["Conflicts: other", "Breaks: other (<< 2)", "Conflicts: virtual"])
    func packagesThatExcludeEachOtherAreRefused(_ field: String) throws {
        let packages: [PackageRecord] = [
            try .sample("tool", "1", field, "Provides: virtual"), try .sample("other", "1", "Provides: virtual"),
        ]
        for wanted in [["tool", "other"], ["other", "tool"]] {
            let message = try failure(wanted, packages)
            #expect(message.contains("tool 1") && message.contains("other 1") && message.contains("do not go together"))
        }
        #expect(try closure(["tool"], packages) == ["tool 1"])
    }

    @Test func whatEverySystemHasIsNotExcludedEither() throws {
        let message = try failure(
            ["tool"], [.sample("tool", "1", "Conflicts: base"), .sample("base", "1", "Essential: yes")])
        #expect(message.contains("tool 1 and base 1 do not go together"))
    }

    @Test func aPinDecidesTheVersion() throws {
        let packages: [PackageRecord] = [
            try .sample("tool", "3"), try .sample("tool", "2"), try .sample("tool", "1"),
        ]
        #expect(try closure(["tool"], packages) == ["tool 3"])
        #expect(try closure(["tool"], packages, pins: ["tool": "2"]) == ["tool 2"])
        #expect(throws: BundleBuildError.self) { try closure(["tool"], packages, pins: ["tool": "9"]) }
    }

    @Test func theHighestPriorityComesBeforeTheHighestVersion() throws {
        var index = PackageIndex(architecture: "amd64")
        index.add(try .sample("tool", "1"), priority: 500)
        index.add(try .sample("tool", "2"), priority: 100)
        index.add(try .sample("new", "2", "Depends: tool (>= 2)"), priority: 100)
        #expect(try PackageClosure.resolve(["tool"], in: index, beside: PackageSet()).map(\.version) == ["1"])
        #expect(throws: BundleBuildError.self) { try PackageClosure.resolve(["new"], in: index, beside: PackageSet()) }
    }

    @Test func anEndlessArchiveIsRefused() throws {
        let packages = try (0...PackageClosure.limit).map {
            try PackageRecord.sample("p\($0)", "1", "Depends: p\($0 + 1)")
        }
        #expect(try failure(["p0"], packages).contains("more than \(PackageClosure.limit) packages"))
    }

    @Test func anIndexWithoutEndDoesNotFillTheMemory() throws {
        let text = (0..<4).map { number in
            "Package: p\(number)\nVersion: 1\nArchitecture: \(number == 0 ? "arm64" : "amd64")\n\n"
        }.joined()
        func read(limit: Int) throws {
            var index = PackageIndex(architecture: "amd64", limit: limit)
            let reader = ControlReader(ByteArraySource(Array(text.utf8)), place: "test")
            try index.add(reader, place: "test", origin: 0, priority: 500)
            #expect(index.candidates("p0").isEmpty && index.candidates("p3").count == 1)
        }
        // Those of another architecture are not kept.
        try read(limit: 3)
        #expect(throws: BundleBuildError.self) { try read(limit: 2) }
    }

    /// Whatever an archive has: the result holds what it must, and does not depend on the order of the index.
    @Test func closuresOfRandomArchivesAreWholeAndTheSame() throws {
        for round in 0..<UInt64(RunSettings.isLong ? 2000 : 100) {
            var generator = SeededGenerator(seed: RunSettings.seed &+ round)
            let packages = try RandomPackages.make(&generator)
            let wanted = [generator.pick(packages).name]
            let index = PackageIndex(packages)
            let base = try PackageClosure.minimalInstall(index)
            let shuffled = PackageIndex(packages.shuffled(using: &generator))
            guard let found = try? PackageClosure.resolve(wanted, in: index, beside: base) else {
                #expect(throws: BundleBuildError.self) {
                    try PackageClosure.resolve(wanted, in: shuffled, beside: base)
                }
                continue
            }
            let comment: Comment = "KUBEFERRY_SEED=\(RunSettings.seed), round \(round)"
            #expect(try PackageClosure.resolve(wanted, in: shuffled, beside: base) == found, comment)
            let system = PackageSet(base.sorted + found)
            for package in found {
                #expect(try package.needs().allSatisfy { system.meets($0) }, comment)
                let others = try package.refusals().flatMap { system.meeting($0) }.filter { $0.name != package.name }
                #expect(others.isEmpty, comment)
            }
        }
    }
}

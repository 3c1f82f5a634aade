import BundleModel
import FoundationEssentials
import Host
import SystemPackage
import TestSupport
import Testing

@testable import BundleBuild

#if canImport(Glibc)
    import Glibc
#endif

/// The real dpkg says whether a closure is one: in a root that has nothing but the minimal installation it installs all
/// of it, and nothing that lacks a package of it. `--dry-run` tells of conflicts and pre-dependencies; what a package
/// depends on dpkg looks at only when it configures it, so that is done, too.
@Suite(
    .enabled(
        if: AptRepository.toolsArePresent && FileSystem.exists("/usr/bin/dpkg") && geteuid() == 0,
        "SKIPPED: needs root, dpkg, dpkg-deb, dpkg-scanpackages, gpg and gpgv"))
struct DpkgClosureTests {
    private let bench: AptBench
    private static let native = CPUArchitecture.host.rawValue

    init() async throws { bench = try await AptBench() }

    @Test func dpkgInstallsTheClosureAndNothingLess() async throws {
        let repository = bench.repository
        let native = Self.native
        let base = try await self.base([
            ("base", "Essential: yes\nDepends: libbase (>= 1)"),
            ("libbase", "Priority: required\nProvides: libvirtual (= 3)"),
        ])
        try await repository.add(
            "tool", "2:1.4", architecture: native,
            "Depends: libtool1 (>= 2~), libvirtual (>= 2), data, gone | other:any | third, mta",
            "Pre-Depends: early")
        try await repository.add("libtool1", "2.0-1", architecture: native, "Depends: circle")
        try await repository.add("circle", "1", architecture: native, "Depends: libtool1")
        try await repository.add("data", "7", architecture: "all")
        try await repository.add("other", "1", architecture: native, "Multi-Arch: allowed")
        try await repository.add("postman", "1", architecture: native, "Provides: mta\nConflicts: mta")
        try await repository.add("early", "1", architecture: native, "Depends: helper")
        try await repository.add("helper", "1", architecture: native)
        try await repository.publish(key: bench.key, architecture: native)
        let obtained = try await closure(["tool"], bench)
        #expect(
            Set(obtained.map(\.name)) == [
                "tool", "libtool1", "circle", "data", "other", "postman", "early", "helper",
            ])
        let whole = try await install(obtained, on: base)
        #expect(whole.status == 0, "\(whole.standardError)")
        for package in obtained where package.name != "tool" {
            let less = try await install(obtained.filter { $0 != package }, on: base)
            #expect(less.status != 0, "dpkg does not miss \(package.name)")
        }
    }

    @Test func dpkgInstallsClosuresOfRandomArchives() async throws {
        for round in 0..<UInt64(RunSettings.isLong ? 40 : 4) {
            let bench = try await AptBench()
            let pool = bench.repository.path.appending("pool")
            var generator = SeededGenerator(seed: RunSettings.seed &+ round)
            for number in 0..<12 {
                let fields = RandomPackages.fields(number, &generator)
                try await bench.repository.add("p\(number)", "1", architecture: Self.native, fields)
            }
            try await bench.repository.publish(key: bench.key, architecture: Self.native)
            let records = try FileSystem.list(pool).map {
                try DebFile(path: pool.appending($0), source: $0).record()
            }
            let base = try PackageClosure.minimalInstall(PackageIndex(architecture: Self.native, records)).sorted
            // What cannot be had is the subject of other tests.
            let wanted = "p\(Int.random(in: 2...11, using: &generator))"
            guard let obtained = try? await closure([wanted], bench), !obtained.isEmpty else { continue }
            let result = try await install(obtained, on: base)
            #expect(result.status == 0, "KUBEFERRY_SEED=\(RunSettings.seed), round \(round): \(result.standardError)")
        }
    }

    private func closure(_ wanted: [String], _ bench: AptBench) async throws -> [ObtainedPackage] {
        let packages = try bench.packages([bench.repository.suiteLine()])
        return try await packages.obtain(
            wanted, osRelease: "debian-12", architecture: .host, progress: SilentProgress())
    }

    /// Packages that the archive has and that are on the system.
    private func base(_ packages: [(name: String, fields: String)]) async throws -> [PackageRecord] {
        var records: [PackageRecord] = []
        for package in packages {
            let file = try await bench.repository.add(package.name, "1", architecture: Self.native, package.fields)
            records.append(try DebFile(path: file, source: package.name).record())
        }
        return records
    }

    /// Installs packages by stages into a new root that has others.
    ///
    /// - Returns: how dpkg ended that refused, else the last.
    private func install(_ packages: [ObtainedPackage], on base: [PackageRecord]) async throws -> CommandResult {
        let root = bench.scratch.path.appending("root-\(UUID().uuidString)")
        let records = root.pushing("var/lib/dpkg")
        for folder in ["info", "updates"] { try FileSystem.makeDirectories(records.appending(folder)) }
        try AtomicFile.write(
            Array(base.map(Self.status).joined(separator: "\n").utf8), to: records.appending("status"))
        for package in base {
            try AtomicFile.write([], to: records.pushing("info").appending("\(package.name).list"))
        }
        var stages: [Int: [String]] = [:]
        let described = try packages.map { try DebFile(path: $0.file.path, source: $0.name).record() }
        for (package, stage) in try InstallOrder.arrange(described) {
            let file = try #require(packages.first { $0.name == package.name }).file.path
            stages[stage, default: []].append(file.string)
        }
        var result = CommandResult(status: -1)
        for stage in stages.keys.sorted() {
            for mode in [["--dry-run", "--install"], ["--install"]] {
                result = try await SystemProcessRunner().run(
                    Command("dpkg", ["--root=\(root)", "--log=/dev/null"] + mode + (stages[stage] ?? [])))
                if result.status != 0 { return result }
            }
        }
        return result
    }

    /// What dpkg has of an installed package.
    private static func status(_ package: PackageRecord) -> String {
        var lines = [
            "Package: \(package.name)", "Status: install ok installed", "Version: \(package.version)",
            "Architecture: \(package.architecture)", "Maintainer: Nobody <nobody@example.org>", "Description: a test",
            "Provides: \(package.provides.map(\.description).joined(separator: ", "))", "Depends: \(package.depends)",
            "Pre-Depends: \(package.preDepends)", "Conflicts: \(package.conflicts)", "Breaks: \(package.breaks)",
        ]
        lines.removeAll { $0.hasSuffix(": ") }
        return lines.joined(separator: "\n") + "\n"
    }
}

import BundleModel
import Host
import SystemPackage
import TestSupport
import Testing

@testable import BundleBuild

/// The real dpkg says whether a closure is one: in a root that has nothing but the minimal installation, it would
/// install all of it, and nothing that lacks a package of it.
@Suite(
    .enabled(
        if: AptRepository.toolsArePresent && FileSystem.exists("/usr/bin/dpkg"),
        "SKIPPED: needs dpkg, dpkg-deb, dpkg-scanpackages, gpg and gpgv"))
struct DpkgClosureTests {
    private let bench: AptBench

    init() async throws { bench = try await AptBench() }

    private static let native = CPUArchitecture.host.rawValue

    /// What dpkg says to packages on a system that has others.
    private func trial(_ files: [FilePath], on base: [PackageRecord]) async throws -> CommandResult {
        let root = bench.scratch.path.appending("root")
        let records = root.pushing("var/lib/dpkg")
        for folder in ["info", "updates"] { try FileSystem.makeDirectories(records.appending(folder)) }
        let status = base.map { package in
            var lines = [
                "Package: \(package.name)", "Status: install ok installed", "Version: \(package.version)",
                "Architecture: \(package.architecture)", "Maintainer: Nobody <nobody@example.org>",
                "Description: a test",
            ]
            if !package.provides.isEmpty {
                lines.append("Provides: \(package.provides.map(\.description).joined(separator: ", "))")
            }
            for (name, value) in [
                ("Depends", package.depends), ("Pre-Depends", package.preDepends), ("Conflicts", package.conflicts),
                ("Breaks", package.breaks),
            ] where !value.isEmpty { lines.append("\(name): \(value)") }
            return lines.joined(separator: "\n") + "\n"
        }
        try AtomicFile.write(Array(status.joined(separator: "\n").utf8), to: records.appending("status"))
        for package in base {
            try AtomicFile.write([], to: records.pushing("info").appending("\(package.name).list"))
        }
        return try await SystemProcessRunner().run(
            Command(
                "dpkg",
                [
                    "--root=\(root)", "--admindir=\(records)", "--log=/dev/null", "--force-not-root", "--dry-run", "-i",
                ] + files.map(\.string)))
    }

    private func closure(_ wanted: [String]) async throws -> [ObtainedPackage] {
        let packages = try bench.packages([bench.repository.suiteLine()])
        return try await packages.obtain(
            wanted, osRelease: "debian-12", architecture: .host, progress: SilentProgress())
    }

    @Test func dpkgTakesTheClosureAndNothingLess() async throws {
        let repository = bench.repository
        let native = Self.native
        let base = try await base([
            ("base", "Essential: yes\nDepends: libbase (>= 1)"),
            ("libbase", "Priority: required\nProvides: libvirtual (= 3)"),
        ])
        try await repository.add(
            "tool", "2:1.4", architecture: native,
            "Depends: libtool1 (>= 2~), libvirtual (>= 2), data, gone | other:any | third, mta")
        try await repository.add("libtool1", "2.0-1", architecture: native, "Depends: circle")
        try await repository.add("circle", "1", architecture: native, "Depends: libtool1")
        try await repository.add("data", "7", architecture: "all")
        try await repository.add("other", "1", architecture: native, "Multi-Arch: allowed")
        try await repository.add("postman", "1", architecture: native, "Provides: mta\nConflicts: mta")
        try await repository.publish(suite: "bookworm", key: bench.key, architecture: native)
        let obtained = try await closure(["tool"])
        #expect(Set(obtained.map(\.name)) == ["tool", "libtool1", "circle", "data", "other", "postman"])
        let files = obtained.map(\.file.path)
        let whole = try await trial(files, on: base)
        #expect(whole.status == 0, "\(whole.standardError)")
        for package in obtained where package.name != "tool" {
            let less = try await trial(files.filter { $0 != package.file.path }, on: base)
            #expect(less.status != 0, "dpkg does not miss \(package.name)")
        }
    }

    @Test func dpkgTakesClosuresOfRandomArchives() async throws {
        for round in 0..<UInt64(RunSettings.isLong ? 40 : 3) {
            let bench = try await AptBench()
            var generator = SeededGenerator(seed: RunSettings.seed &+ round)
            for number in 0..<12 {
                let fields = RandomPackages.fields(number, &generator)
                try await bench.repository.add("p\(number)", "1", architecture: Self.native, fields)
            }
            try await bench.repository.publish(suite: "bookworm", key: bench.key, architecture: Self.native)
            let files = try FileSystem.list(bench.repository.path.appending("pool"))
            let records = try files.map {
                try DebFile(path: bench.repository.path.pushing("pool").appending($0), source: $0).record()
            }
            let base = try PackageClosure.minimalInstall(PackageIndex(architecture: Self.native, records)).sorted
            let wanted = "p\(Int.random(in: 2...11, using: &generator))"
            let packages = try bench.packages([bench.repository.suiteLine()])
            let obtained = try? await packages.obtain(
                [wanted], osRelease: "debian-12", architecture: .host, progress: SilentProgress())
            // What cannot be had is the subject of other tests.
            guard let obtained, !obtained.isEmpty else { continue }
            let result = try await trial(obtained.map(\.file.path), on: base)
            #expect(result.status == 0, "KUBEFERRY_SEED=\(RunSettings.seed), round \(round): \(result.standardError)")
        }
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
}

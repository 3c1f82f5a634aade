import BundleModel
import Fetch
import Host
import NIOHTTP1
import Signing
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

@testable import BundleBuild

/// Against small archives that Debian's own tools made.
@Suite(.enabled(if: AptRepository.toolsArePresent, "SKIPPED: needs dpkg-deb, dpkg-scanpackages, gpg and gpgv"))
struct AptPackagesTests {
    private let bench: AptBench
    private var repository: AptRepository { bench.repository }

    init() async throws {
        bench = try await AptBench()
        try await repository.add("base", "1.0", "Essential: yes", "Priority: required", "Depends: libbase")
        try await repository.add("libbase", "1.0")
        try await repository.add("tool", "2:1.4-1", "Depends: libtool1 (>= 2), libbase, data", "Recommends: extra")
        try await repository.add("libtool1", "2.0-1", compression: "xz")
        try await repository.add("libtool1", "1.0-1")
        try await repository.add("data", "7", architecture: "all", compression: "zstd")
        try await repository.add("extra", "1.0")
    }

    private func obtain(
        _ wanted: [String] = ["tool"], more: [String] = []
    ) async throws -> [ObtainedPackage] {
        try await bench.obtain(wanted, bench.packages([repository.suiteLine()], more: more))
    }

    private func names(_ packages: [ObtainedPackage]) -> [String] { packages.map { "\($0.name) \($0.version)" } }

    @Test(arguments: ["xz", "gz", ""])
    func whatAPackageNeedsComesWithItExceptWhatEverySystemHas(_ form: String) async throws {
        try await repository.publish(form: form, key: bench.key)
        let obtained = try await obtain()
        #expect(names(obtained).sorted() == ["data 7", "libtool1 2.0-1", "tool 2:1.4-1"])
        // What is needed comes first.
        #expect(obtained.last?.name == "tool")
        for package in obtained {
            #expect(try SHA256Hasher.hash(file: package.file.path) == package.file.sha256)
            #expect(try FileSystem.status(package.file.path)?.size == package.file.size)
            #expect(package.file.source.hasPrefix("file:\(repository.path)/pool/"))
            #expect(
                package.file.proof
                    == UpstreamProof(
                        kind: .signedPackageIndex, source: "file:\(repository.path)/dists/bookworm/InRelease"))
        }
    }

    @Test func anArchiveWithoutSuitesAndSignatureProvesLess() async throws {
        try await repository.publish()
        let packages = try bench.packages([repository.sourceLine])
        let obtained = try await bench.obtain(["tool"], packages)
        #expect(names(obtained).sorted() == ["data 7", "libtool1 2.0-1", "tool 2:1.4-1"])
        #expect(obtained.allSatisfy { $0.file.proof.kind == .packageIndex })
    }

    @Test func furtherPackagesComeInTheVersionThatWasAskedFor() async throws {
        try await repository.publish(key: bench.key)
        let obtained = try await obtain([], more: ["extra", "libtool1=1.0-1"])
        #expect(names(obtained).sorted() == ["extra 1.0", "libtool1 1.0-1"])
    }

    @Test func aSuiteOfAnotherReleaseIsNotAsked() async throws {
        try await repository.publish(key: bench.key)
        try await repository.publish(suite: "jammy", key: bench.key)
        let packages = try bench.packages([
            repository.suiteLine(), repository.suiteLine(suite: "jammy", options: ""),
        ])
        for (os, suite) in [("debian-12", "bookworm"), ("ubuntu-22.04", "jammy")] {
            let obtained = try await bench.obtain(["tool"], packages, os: os)
            #expect(obtained.allSatisfy { $0.file.proof.source.contains("/\(suite)/") })
        }
        let error = await #expect(throws: BundleBuildError.self) {
            try await bench.obtain(["tool"], packages, os: "debian-13")
        }
        #expect(error?.category == .missingArtifact)
    }

    @Test func theHighestVersionOfAllSourcesIsTakenUnlessOneIsPinned() async throws {
        try await repository.publish(key: bench.key)
        let other = try AptRepository(bench.scratch.path.appending("other"))
        try await other.add("tool", "2:1.5-1")
        try await other.publish(key: bench.key)
        let both = try bench.packages([repository.suiteLine(), other.suiteLine()])
        #expect(try await names(bench.obtain(["tool"], both)) == ["tool 2:1.5-1"])
        let pinned = try bench.packages([repository.suiteLine(options: "pin=900"), other.suiteLine()])
        #expect(try await names(bench.obtain(["tool"], pinned)).contains("tool 2:1.4-1"))
    }

    @Test func packageThatIsNowhereIsAnErrorThatNamesIt() async throws {
        try await repository.publish(key: bench.key)
        let error = await #expect(throws: BundleBuildError.self) { try await obtain(["tool", "nowhere"]) }
        #expect(error?.category == .missingArtifact)
        #expect(error?.message.contains("nowhere") == true)
    }

    @Test func anArchiveThatIsNotThereIsAnErrorThatNamesIt() async throws {
        let error = await #expect(throws: FetchError.self) { try await obtain() }
        #expect(error?.category == .missingArtifact)
        #expect(error?.message.contains(repository.path.string) == true)
    }

    @Test func lockedPackageIsTakenFromTheCacheWithoutAnArchive() async throws {
        try await repository.publish(key: bench.key)
        let tool = try #require(try await obtain().first { $0.name == "tool" })
        for folder in ["dists", "pool"] { try remove(repository.path.appending(folder)) }
        let packages = try bench.packages([repository.suiteLine()], isOffline: true)
        let again = try await packages.obtain(
            AptBench.entry(tool), osRelease: "debian-12", architecture: .amd64, progress: SilentProgress())
        #expect(again == tool)
    }

    @Test func damagedKeptPackageIsFetchedAgain() async throws {
        try await repository.publish(key: bench.key)
        let tool = try #require(try await obtain().first { $0.name == "tool" })
        let content = try FileSystem.read(tool.file.path)
        try AtomicFile.write(content.dropLast(), to: tool.file.path)
        _ = try await obtain()
        #expect(try FileSystem.read(tool.file.path) == content)
    }

    @Test func lockedPackageThatItsArchiveDroppedComesFromAnotherThatHasItsBytes() async throws {
        try await repository.publish(key: bench.key)
        let tool = try #require(try await obtain().first { $0.name == "tool" })
        try FileSystem.remove(tool.file.path)
        let packages = try bench.packages([repository.suiteLine()])
        let moved = AptBench.entry(tool, source: "file:/nowhere/tool.deb")
        let again = try await packages.obtain(
            moved, osRelease: "debian-12", architecture: .amd64, progress: SilentProgress())
        #expect(again.file.sha256 == tool.file.sha256 && again.file.source == "file:/nowhere/tool.deb")
        // The other archive's lists were read once for all.
        try remove(repository.path.appending("dists"))
        let other = AptBench.entry(tool, sha256: SHA256Hasher.hash([1]), source: "file:/nowhere/tool.deb")
        let error = await #expect(throws: BundleBuildError.self) {
            try await packages.obtain(
                other, osRelease: "debian-12", architecture: .amd64, progress: SilentProgress())
        }
        #expect(error?.category == .missingArtifact)
    }

    @Test func overTheNetworkEverythingComesThroughTheCache() async throws {
        try await repository.publish(fields: ["Acquire-By-Hash: yes"], key: bench.key)
        let root = repository.path
        let server = try await FaultServer { path, _, _ in
            guard let bytes = try? FileSystem.read(root.pushing(FilePath(String(path.dropFirst())))) else {
                return .init(status: .notFound)
            }
            return .init(body: bytes)
        }
        do {
            try await obtainTwice(server)
        } catch {
            try await bench.transport.shutdown()
            throw error
        }
        try await bench.transport.shutdown()
    }

    private func obtainTwice(_ server: FaultServer) async throws {
        let line = "deb \(server.url) bookworm main"
        let obtained = try await bench.obtain(["tool"], bench.packages([line]))
        #expect(names(obtained).sorted() == ["data 7", "libtool1 2.0-1", "tool 2:1.4-1"])
        #expect(server.log.contains { $0.contains("/by-hash/SHA256/") })
        try await server.stop()
        // All of it again, and one of it by its lock, with nobody there.
        let offline = try bench.packages([line], isOffline: true)
        #expect(try await bench.obtain(["tool"], offline) == obtained)
        let tool = try #require(obtained.last)
        let again = try await offline.obtain(
            AptBench.entry(tool), osRelease: "debian-12", architecture: .amd64, progress: SilentProgress())
        #expect(again == tool)
    }

    private func remove(_ path: FilePath) throws {
        for name in try FileSystem.list(path) {
            let entry = path.appending(name)
            let isFolder = try FileSystem.status(entry)?.kind == .directory
            try isFolder ? remove(entry) : FileSystem.remove(entry)
        }
        try FileSystem.remove(path)
    }
}

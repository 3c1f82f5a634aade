import BundleBuild
import BundleModel
import Host
import Signing
import SystemPackage
import TestSupport
import Testing

/// Against the machine's real apt and a small archive in a folder.
@Suite(.enabled(if: AptRepository.toolsArePresent, "SKIPPED: needs apt-get, dpkg-deb and dpkg-scanpackages"))
struct AptPackagesTests {
    let scratch: ScratchFolder
    let repository: AptRepository
    let packages: AptPackages

    init() async throws {
        scratch = try ScratchFolder()
        repository = try AptRepository(scratch.path.appending("archive"))
        packages = AptPackages(
            folder: scratch.path.appending("state"), sourceLines: [repository.sourceLine])
        try await repository.add("base", "1.0", "Essential: yes", "Priority: required", "Depends: libbase")
        try await repository.add("libbase", "1.0")
        try await repository.add("tool", "2:1.4-1", "Depends: libtool1 (>= 2), libbase, data", "Recommends: extra")
        try await repository.add("libtool1", "2.0-1")
        try await repository.add("libtool1", "1.0-1")
        try await repository.add("data", "7", architecture: "all")
        try await repository.add("extra", "1.0")
        try await repository.publish()
    }

    private func obtain(_ wanted: [String] = ["tool"]) async throws -> [ObtainedPackage] {
        try await packages.obtain(wanted, osRelease: "debian-12", architecture: .amd64, progress: SilentProgress())
    }

    private func entry(_ package: ObtainedPackage, sha256: SHA256Digest? = nil) -> Artifact {
        Artifact(
            name: package.name, kind: .deb, version: package.version, source: package.file.source,
            license: AptPackages.license, size: package.file.size, sha256: sha256 ?? package.file.sha256,
            proof: package.file.proof, osRelease: "debian-12")
    }

    @Test func whatAPackageNeedsComesWithItExceptWhatEverySystemHas() async throws {
        let obtained = try await obtain()
        let found = obtained.map { "\($0.name) \($0.version)" }.sorted()
        #expect(found == ["data 7", "libtool1 2.0-1", "tool 2:1.4-1"])
        for package in obtained {
            #expect(try SHA256Hasher.hash(file: package.file.path) == package.file.sha256)
            #expect(try FileSystem.status(package.file.path)?.size == package.file.size)
            #expect(package.file.source.hasPrefix("file:\(repository.path)"))
            // An unsigned archive proves less than a signed one, and the lock says so.
            #expect(package.file.proof.kind == .packageIndex)
        }
    }

    @Test func packageThatIsNowhereIsAnErrorThatNamesIt() async throws {
        let error = await #expect(throws: BundleBuildError.self) { try await obtain(["tool", "nowhere"]) }
        #expect(error?.category == .missingArtifact)
        #expect(error?.message.contains("nowhere") == true)
    }

    @Test func lockedPackageIsTakenFromWhatIsKept() async throws {
        let tool = try #require(try await obtain().first { $0.name == "tool" })
        // Without an archive: nothing else could give it.
        try FileSystem.remove(repository.path.appending("Packages"))
        let again = try await packages.obtain(
            entry(tool), osRelease: "debian-12", architecture: .amd64, progress: SilentProgress())
        #expect(again == tool)
    }

    @Test func damagedKeptPackageIsFetchedAgain() async throws {
        let tool = try #require(try await obtain().first { $0.name == "tool" })
        let content = try FileSystem.read(tool.file.path)
        try AtomicFile.write(content.dropLast(), to: tool.file.path)
        _ = try await obtain()
        #expect(try FileSystem.read(tool.file.path) == content)
        try AtomicFile.write(content.dropLast(), to: tool.file.path)
        let locked = try await packages.obtain(
            entry(tool), osRelease: "debian-12", architecture: .amd64, progress: SilentProgress())
        #expect(try FileSystem.read(locked.file.path) == content)
    }

    @Test func lockedPackageThatTheArchiveNowHasOtherwiseIsRefused() async throws {
        let tool = try #require(try await obtain().first { $0.name == "tool" })
        let other = SHA256Hasher.hash([1])
        await #expect(
            throws: BundleBuildError.wrongChecksum("tool 2:1.4-1", expected: other, actual: tool.file.sha256)
        ) {
            try await packages.obtain(
                entry(tool, sha256: other), osRelease: "debian-12", architecture: .amd64, progress: SilentProgress())
        }
    }
}

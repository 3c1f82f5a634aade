import BundleModel
import Fetch
import FoundationEssentials
import Host
import SystemPackage
import TestSupport
import Testing

@testable import BundleBuild

/// An archive with a key, and all that reads it, in a folder of its own.
struct AptBench {
    let scratch: ScratchFolder
    let repository: AptRepository
    let key: ArchiveKey
    let transport = HTTPTransport()

    init() async throws {
        scratch = try ScratchFolder()
        repository = try AptRepository(scratch.path.appending("archive"))
        key = try await ArchiveKey(scratch.path.appending("key"))
    }

    /// The time that archives are read at: a while after the date that they have.
    static let now = "Sat, 15 Aug 2026 12:00:00 UTC"

    /// - Parameter keyrings: nil: the archive's own.
    func packages(
        _ sources: [String], keyrings: [FilePath]? = nil, more: [String] = [], now: String = AptBench.now,
        isOffline: Bool = false
    ) throws -> AptPackages {
        let date = try #require(ArchiveDate.parse(now))
        return try AptPackages(
            cache: ArtifactCache(
                folder: scratch.path.appending("cache"), transport: transport, isOffline: isOffline),
            folder: scratch.path.appending("work"),
            options: AptOptions(sources: sources, keyrings: keyrings ?? [key.keyring], packages: more),
            machine: MachineApt(root: scratch.path.appending("machine")), runner: SystemProcessRunner(),
            clock: FixedWallClock(date))
    }

    func obtain(
        _ wanted: [String], _ packages: AptPackages, os: String = "debian-12"
    ) async throws -> [ObtainedPackage] {
        try await packages.obtain(wanted, osRelease: os, architecture: .amd64, progress: SilentProgress())
    }

    /// What a lock has of a package.
    static func entry(_ package: ObtainedPackage, sha256: SHA256Digest? = nil, source: String? = nil) -> Artifact {
        Artifact(
            name: package.name, kind: .deb, version: package.version, source: source ?? package.file.source,
            license: AptPackages.license, size: package.file.size, sha256: sha256 ?? package.file.sha256,
            proof: package.file.proof, osRelease: "debian-12")
    }
}

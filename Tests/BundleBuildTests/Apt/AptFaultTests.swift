import BundleModel
import Fetch
import Host
import SystemPackage
import TestSupport
import Testing

@testable import BundleBuild

/// Archives that lie, are out of date or nobody's. Each is refused before a package of it is used.
@Suite(.enabled(if: AptRepository.toolsArePresent, "SKIPPED: needs dpkg-deb, dpkg-scanpackages, gpg and gpgv"))
struct AptFaultTests {
    private let bench: AptBench
    private var repository: AptRepository { bench.repository }
    private var inRelease: FilePath { repository.path.pushing("dists/bookworm/InRelease") }

    init() async throws {
        bench = try await AptBench()
        try await repository.add("tool", "1.4", "Depends: lib")
        try await repository.add("lib", "1.0")
    }

    private func failure(
        _ options: String = "", keyrings: [FilePath]? = nil, now: String = AptBench.now
    ) async throws -> any Diagnostic {
        let packages = try bench.packages([repository.suiteLine(options: options)], keyrings: keyrings, now: now)
        let error = await #expect(throws: (any Error).self) { try await bench.obtain(["tool"], packages) }
        return try #require(error as? any Diagnostic)
    }

    private func obtain(
        _ options: String = "", keyrings: [FilePath]? = nil, now: String = AptBench.now
    ) async throws -> [String] {
        let packages = try bench.packages([repository.suiteLine(options: options)], keyrings: keyrings, now: now)
        return try await bench.obtain(["tool"], packages).map(\.name)
    }

    @Test func anIndexPastItsDateIsRefusedUnlessTheSourceSaysOtherwise() async throws {
        try await repository.publish(fields: ["Valid-Until: Sat, 08 Aug 2026 12:00:00 UTC"], key: bench.key)
        let error = try await failure()
        #expect(error.category == .upstreamMismatch)
        #expect(error.message.contains("was valid until 2026-08-08T12:00:00Z"))
        #expect(try await obtain("check-valid-until=no") == ["lib", "tool"])
        #expect(try await obtain(now: "Sat, 08 Aug 2026 11:59:59 UTC") == ["lib", "tool"])
    }

    @Test func anIndexOfTheFutureIsRefused() async throws {
        try await repository.publish(key: bench.key)
        let error = try await failure(now: "Fri, 31 Jul 2026 12:00:00 UTC")
        #expect(error.category == .upstreamMismatch && error.message.contains("still to come"))
    }

    @Test func anotherKeyIsRefused() async throws {
        let other = try await ArchiveKey(bench.scratch.path.appending("other"), name: "other")
        try await repository.publish(key: other)
        let error = try await failure()
        #expect(error.category == .upstreamMismatch && error.message.contains("is not in the keyring"))
        // Each way to name the right one.
        #expect(try await obtain(keyrings: [bench.key.keyring, other.armored]) == ["lib", "tool"])
        #expect(try await obtain("signed-by=\(other.keyring)") == ["lib", "tool"])
        let both = [bench.key.keyring, other.keyring]
        #expect(try await obtain("signed-by=\(other.fingerprint)", keyrings: both) == ["lib", "tool"])
        let named = "signed-by=\(bench.key.fingerprint)"
        #expect(try await failure(named, keyrings: both).message.contains("is not the one that the source names"))
    }

    @Test func withoutAnyKeyringNothingIsTrusted() async throws {
        try await repository.publish(key: bench.key)
        let error = try await failure(keyrings: [])
        #expect(error.category == .missingArtifact && error.message.contains("--apt-keyring"))
    }

    @Test func anUnsignedIndexIsRefused() async throws {
        try await repository.publish(key: nil)
        let error = try await failure()
        #expect(error.category == .upstreamMismatch && error.message.contains("is not signed"))
        #expect(try await obtain("trusted=yes") == ["lib", "tool"])
    }

    @Test func aSignatureInAFileOfItsOwnIsEnough() async throws {
        try await repository.publish(key: nil)
        let release = repository.path.pushing("dists/bookworm/Release")
        try await bench.key.sign(release, to: repository.path.pushing("dists/bookworm/Release.gpg"))
        #expect(try await obtain() == ["lib", "tool"])
        try AtomicFile.write(try FileSystem.read(release) + Array("Changed: yes\n".utf8), to: release)
        #expect(try await failure().message.contains("signature is bad"))
    }

    @Test func whatStandsBesideTheSignedTextIsRefused() async throws {
        try await repository.publish(key: bench.key)
        let signed = try FileSystem.read(inRelease)
        let other = Array("\nSuite: other\n\n".utf8)
        for text in [other + signed, signed + other, signed + signed] {
            try AtomicFile.write(text, to: inRelease)
            #expect(try await failure().message.contains("more than its signed text"))
        }
    }

    @Test func aChangedIndexIsRefused() async throws {
        try await repository.publish(key: bench.key)
        let text = String(decoding: try FileSystem.read(inRelease), as: UTF8.self)
        try AtomicFile.write(Array(text.replacing("Origin: Test", with: "Origin: Tess").utf8), to: inRelease)
        let error = try await failure()
        #expect(error.category == .upstreamMismatch && error.message.contains("signature is bad"))
    }

    @Test func anIndexOfAnotherSuiteIsRefused() async throws {
        try await repository.publish(suite: "bullseye", key: bench.key)
        try FileSystem.makeDirectories(inRelease.removingLastComponent())
        try AtomicFile.write(
            try FileSystem.read(repository.path.pushing("dists/bullseye/InRelease")), to: inRelease)
        let error = try await failure()
        #expect(error.category == .upstreamMismatch && error.message.contains("expected bookworm"))
    }

    @Test(arguments: ["xz", "gz", ""])
    func aChangedListOfPackagesIsRefused(_ form: String) async throws {
        try await repository.publish(form: form, key: bench.key)
        let file = repository.path.pushing("dists/bookworm/main/binary-amd64")
            .appending("Packages\(form.isEmpty ? "" : ".\(form)")")
        var bytes = try FileSystem.read(file)
        bytes[bytes.count / 2] ^= 1
        try AtomicFile.write(bytes, to: file)
        #expect(try await failure().category == .upstreamMismatch)
    }

    @Test func aChangedPackageIsRefused() async throws {
        try await repository.publish(key: bench.key)
        let file = repository.path.pushing("pool/lib_1.0_amd64.deb")
        var bytes = try FileSystem.read(file)
        bytes[bytes.count - 10] ^= 1
        try AtomicFile.write(bytes, to: file)
        let error = try await failure()
        #expect(error.category == .upstreamMismatch && error.message.contains("lib_1.0_amd64.deb"))
    }

    /// The index is signed and names the file's own digest: only the control file inside tells.
    @Test(arguments: [
        ("Package: lib\nVersion: 1.0", "Package: lib\nVersion: 1.1", "version '1.0', expected '1.1'"),
        ("Package: lib\n", "Package: libother\nProvides: lib\n", "package 'lib', expected 'libother'"),
        ("Depends: lib\n", "Depends: lib (>= 1)\n", "Depends 'lib', expected 'lib (>= 1)'"),
    ])
    func aPackageWhoseControlFileSaysOtherwiseIsRefused(_ own: String, _ index: String, _ reason: String) async throws {
        try await repository.publish(key: bench.key) { $0.replacing(own, with: index) }
        let error = try await failure()
        #expect(error.category == .upstreamMismatch)
        #expect(error.message.contains("its control file says \(reason)"), "\(error.message)")
    }

    @Test func aFileThatIsNoPackageIsRefused() async throws {
        let whole = try FileSystem.read(try await repository.add("lib", "2.0"))
        let path = bench.scratch.file("broken.deb")
        for bytes in [Array(whole.prefix(100)), Array("#!/bin/sh\n".utf8), []] {
            try AtomicFile.write(bytes, to: path)
            let error = #expect(throws: BundleBuildError.self) { try DebFile(path: path, source: "x").record() }
            #expect(error?.category == .upstreamMismatch)
        }
        try AtomicFile.write(whole, to: path)
        #expect(try DebFile(path: path, source: "x").record().version == "2.0")
    }

    @Test func aPackageOutsideOfTheArchiveIsRefused() async throws {
        try await repository.publish(key: bench.key) {
            $0.replacing("Filename: pool/lib", with: "Filename: ../../pool/lib")
        }
        #expect(try await failure().message.contains("is outside of it"))
    }

    @Test func whatThePackagesNeedAndTheArchiveLacksIsNamed() async throws {
        try await repository.add("tool", "1.5", "Depends: lib (>= 9)")
        try FileSystem.remove(repository.path.pushing("pool/tool_1.4_amd64.deb"))
        try await repository.publish(key: bench.key)
        let error = try await failure()
        #expect(error.category == .missingArtifact)
        #expect(error.message.contains("lib (>= 9), which tool 1.5 needs"))
    }
}

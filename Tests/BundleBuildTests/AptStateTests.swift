import BundleModel
import Fetch
import FoundationEssentials
import Host
import Signing
import SystemPackage
import TestSupport
import Testing

@testable import BundleBuild

/// The real apt on a small archive in a folder.
@Suite(.enabled(if: FileSystem.exists("/usr/bin/apt-get") && FileSystem.exists("/usr/bin/dpkg-deb"), "needs apt"))
struct AptStateTests {
    private let scratch: ScratchFolder
    private let apt: AptState

    init() throws {
        scratch = try ScratchFolder()
        apt = AptState(
            folder: scratch.path.appending("state"), architecture: .host, runner: SystemProcessRunner())
    }

    private var archive: FilePath { scratch.path.appending("archive") }
    private var lines: [String] { ["deb [trusted=yes] file:\(archive) ./"] }

    /// An archive of one package.
    private func makeArchive() async throws {
        let tree = scratch.path.appending("tree")
        try FileSystem.makeDirectories(tree.appending("DEBIAN"))
        let control =
            "Package: kubeferry-sample\nVersion: 1.0\nArchitecture: \(CPUArchitecture.host.rawValue)\n"
            + "Maintainer: nobody <nobody@example.com>\nDescription: sample\n"
        try AtomicFile.write(Array(control.utf8), to: tree.pushing("DEBIAN/control"))
        try FileSystem.makeDirectories(archive)
        let deb = archive.appending("sample.deb")
        try await SystemProcessRunner().require(
            Command("dpkg-deb", ["--root-owner-group", "--build", tree.string, deb.string]))
        let size = try FileSystem.status(deb)?.size ?? 0
        let index = "\(control)Filename: ./sample.deb\nSize: \(size)\nSHA256: \(try SHA256Hasher.hash(file: deb).hex)\n"
        try AtomicFile.write(Array(index.utf8), to: archive.appending("Packages"))
    }

    @Test func anArchiveThatIsNotThereIsUnreachable() async throws {
        let error = await #expect(throws: FetchError.self) { try await apt.update(lines) }
        #expect(error?.category == .upstreamUnreachable)
        #expect(error?.message.contains(archive.string) == true)
    }

    @Test func contentThatIsNotWhatTheIndexSaysIsAMismatch() async throws {
        try await makeArchive()
        try await apt.update(lines)
        let candidates = try await apt.candidates([("kubeferry-sample", "1.0")])
        try AtomicFile.write(Array("another".utf8), to: archive.appending("sample.deb"))
        let error = await #expect(throws: (any Error).self) { try await apt.download(candidates) }
        #expect((error as? any Diagnostic)?.category == .upstreamMismatch)
    }

    @Test func aPackageThatIsNotInTheArchiveIsMissing() async throws {
        try await makeArchive()
        try await apt.update(lines)
        let error = await #expect(throws: BundleBuildError.self) { try await apt.closure(["kubeferry-none"]) }
        #expect(error?.category == .missingArtifact)
        #expect(error?.message.contains("kubeferry-none") == true)
    }
}

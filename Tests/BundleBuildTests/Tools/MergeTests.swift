import BundleModel
import FoundationEssentials
import Host
import Payload
import Signing
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

@testable import BundleBuild

@Suite(.enabled(if: MadeBundle.canBeMade, "SKIPPED: needs dpkg-deb"))
struct MergeTests {
    /// A bundle with its head, and the same for another architecture without one.
    private func pair() async throws -> (made: MadeBundle, other: FilePath) {
        let made = try await MadeBundle(isSelfExtracting: true)
        return (made, try made.changed("arm64.bundle") { $0.architecture = .arm64 })
    }

    private func head(_ made: MadeBundle, _ name: String, machine: UInt8) throws -> HeadExecutable {
        let path = made.scratch.path.appending(name)
        try AtomicFile.write(SampleExecutable.bytes(machine: machine, tail: [9]), to: path, mode: 0o755)
        return try HeadExecutable(path)
    }

    private func merge(
        _ files: [FilePath], _ heads: [HeadExecutable], to folder: FilePath
    ) async throws -> MergedBundles {
        try await BundleMerger(files.map { try BundleFile.open($0) }, heads: heads, progress: SilentProgress())
            .merge(to: folder)
    }

    @Test func eachArchitectureHasItsBundleAndItsProgram() async throws {
        let (made, other) = try await pair()
        let folder = made.scratch.path.appending("merged")
        let arm = try head(made, "arm", machine: 183)
        let merged = try await merge([other, made.file], [arm], to: folder)
        #expect(merged.bundles.map(\.architecture) == [.amd64, .arm64])
        #expect(merged.bundles.map(\.isNodeInstallSigned) == [true, false])
        #expect(
            try FileSystem.list(folder) == [
                "SHA256SUMS", "bundle-amd64", "bundle-arm64", "bundles.json", "install", "node-install-amd64",
                "node-install-arm64",
            ])
        let own = try #require(made.head)
        #expect(try FileSystem.read(folder.appending("node-install-amd64")) == FileSystem.read(own))
        #expect(try FileSystem.read(folder.appending("node-install-arm64")) == FileSystem.read(arm.path))
        for entry in merged.bundles {
            let bundle = try BundleFile.open(folder.appending(entry.bundle.name))
            #expect(bundle.headRegion == nil && bundle.index.architecture == entry.architecture)
            _ = try TrustPolicy(keys: [made.key.verifyingKey]).evaluate(
                signatures: bundle.signatures, over: bundle.indexBytes)
            try await bundle.verify(bundle.index.packs)
        }
        try await SystemProcessRunner().require(
            Command("sh", ["-c", "cd \"$1\" && sha256sum -c SHA256SUMS", "sh", folder.string]))
        if await JSONSchema.isAvailable() {
            #expect(try await JSONSchema.faults(of: folder.appending("bundles.json"), schema: "bundles") == [])
        }
    }

    @Test func theScriptTakesTheFilesOfThisMachine() async throws {
        let (made, other) = try await pair()
        let folder = made.scratch.path.appending("merged")
        _ = try await merge([made.file, other], [head(made, "arm", machine: 183)], to: folder)
        // In the place of the programs, which are none.
        for architecture in CPUArchitecture.allCases {
            let program = folder.appending("node-install-\(architecture.rawValue)")
            try AtomicFile.write(
                Array("#!/bin/sh\necho \"\(architecture.rawValue) $*\"\n".utf8), to: program, mode: 0o755)
        }
        let said = try await SystemProcessRunner().require(
            Command(folder.appending("install").string, ["--role", "master"]))
        let machine = CPUArchitecture.host.rawValue
        #expect(said.standardOutput == "\(machine) install --bundle \(folder)/bundle-\(machine) --role master\n")
    }

    @Test func whatDoesNotGoTogetherIsRefused() async throws {
        let (made, other) = try await pair()
        let folder = made.scratch.path.appending("merged")
        let release = try made.changed("release.bundle") { index in
            index.architecture = .arm64
            index.releaseID = SHA256Hasher.hash(Array("another".utf8))
        }
        let arm = try head(made, "arm", machine: 183)
        let amd = try head(made, "amd", machine: 62)
        let before = try FileSystem.list(made.scratch.path)
        for (files, heads, words) in [
            ([made.file], [], "expected two or more"), ([made.file, made.file], [], "another one for amd64"),
            ([made.file, release], [arm], "release "), ([made.file, other], [], "node-install for arm64"),
            ([made.file, other], [arm, amd], "was signed with"),
        ] as [([FilePath], [HeadExecutable], String)] {
            let error = await #expect(throws: BundleBuildError.self) { try await merge(files, heads, to: folder) }
            #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
        }
        #expect(try FileSystem.list(made.scratch.path) == before)
    }
}

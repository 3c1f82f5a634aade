import BundleBuild
import BundleModel
import Host
import Payload
import Signing
import SystemPackage
import TestSupport
import Testing

@Suite(.enabled(if: MadeBundle.canBeMade, "SKIPPED: needs dpkg-deb"))
struct SplitTests {
    private func split(_ made: MadeBundle, size: UInt64 = 9000, key: SigningKey? = nil) async throws -> SplitSummary {
        try await BundleSplitter(made.open(), progress: SilentProgress())
            .split(to: made.scratch.path.appending("set"), volumeSize: size, signer: key.map(BundleSigner.key))
    }

    @Test func volumesAreCheckedBySha256sumAndReadInPlace() async throws {
        let made = try await MadeBundle(isSelfExtracting: true)
        let summary = try await split(made, key: made.key)
        #expect(summary.volumes.count > 1 && summary.paths.count == summary.volumes.count)
        let script = "cd \"$1\" && sha256sum -c set.volumes.sha256"
        let checked = try await SystemProcessRunner().require(
            Command("sh", ["-c", script, "sh", made.scratch.path.string]))
        #expect(checked.standardOutput.split(separator: "\n").count == summary.volumes.count)
        let lines = try FileSystem.read(FilePath(summary.checksums))
        let signature = try FileSystem.read(FilePath("\(summary.checksums).sig"))
        #expect(made.key.verifyingKey.isValid(signature: signature, over: lines))
        #expect(summary.keyFingerprint == made.key.verifyingKey.fingerprint)

        let bundle = try BundleFile.open(FilePath(summary.paths[0]))
        #expect(bundle.volumes.map(\.string) == summary.paths)
        try await bundle.verify(bundle.index.packs)
        let deep = try await DeepCheck(bundle, progress: SilentProgress()).run()
        #expect(deep.images == 7)
    }

    @Test func nothingThatIsThereIsWrittenOver() async throws {
        let made = try await MadeBundle()
        for name in ["set.002", "set.volumes.sha256", "set.volumes.sha256.sig"] {
            let place = made.scratch.path.appending(name)
            try AtomicFile.write([UInt8(1)], to: place)
            let before = try FileSystem.list(made.scratch.path)
            await #expect(throws: BundleBuildError.exists(path: place.string)) { try await split(made) }
            #expect(try FileSystem.list(made.scratch.path) == before)
            try FileSystem.remove(place)
        }
        #expect(try await split(made).keyFingerprint == nil)
    }

    @Test func aDamagedBundleIsNotSplit() async throws {
        let made = try await MadeBundle()
        var bytes = try FileSystem.read(made.file, limit: 1 << 30)
        let bundle = try made.open()
        let place = Int(try bundle.region(of: bundle.index.packs[0]).lowerBound)
        bytes[place] ^= 1
        try AtomicFile.write(bytes, to: made.file)
        let before = try FileSystem.list(made.scratch.path)
        await #expect(throws: PayloadError.self) { try await split(made) }
        #expect(try FileSystem.list(made.scratch.path) == before)
    }

    @Test func repairTakesWhatItLacksFromVolumes() async throws {
        let made = try await MadeBundle(isSelfExtracting: true)
        let summary = try await split(made)
        let good = try FileSystem.read(made.file, limit: 1 << 30)
        var bytes = good
        let bundle = try made.open()
        // The executable, the framing, and the only chunk of a pack.
        let packs = bundle.index.packs
        for place in [5, 4096, Int(try bundle.region(of: packs[0]).lowerBound)] { bytes[place] ^= 1 }
        let damaged = made.scratch.path.appending("damaged.run")
        try AtomicFile.write(bytes, to: damaged)
        let output = made.scratch.path.appending("whole.run")
        let mended = try await BundleMender(progress: SilentProgress()).mend(
            damaged, from: [FilePath(summary.paths[1])], policy: TrustPolicy(keys: [made.key.verifyingKey]),
            to: output)
        #expect(try FileSystem.read(output, limit: 1 << 30) == good)
        #expect(try FileSystem.status(output)?.mode == 0o755)
        #expect(try FileSystem.read(damaged, limit: 1 << 30) == bytes)
        #expect(mended.chunks.map(\.pack) == [packs[0].name] && mended.bytesTaken == packs[0].size)
        #expect(mended.head == summary.paths[1] && mended.index == summary.paths[1])
        #expect(mended.key == made.key.verifyingKey.fingerprint)
        try await SystemProcessRunner().require(
            Command("sh", ["-c", "cd \"$1\" && sha256sum -c whole.run.sha256", "sh", made.scratch.path.string]))
        await #expect(throws: BundleBuildError.exists(path: output.string)) {
            try await BundleMender(progress: SilentProgress()).mend(
                damaged, from: [made.file], policy: TrustPolicy(keys: [made.key.verifyingKey]), to: output)
        }
    }
}

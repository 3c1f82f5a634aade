import BundleBuild
import BundleModel
import Fetch
import Host
import Payload
import Signing
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

/// What a lock says of a bundle, and a bundle that comes out otherwise.
struct LockRemakeTests {
    private let scratch: ScratchFolder
    private let key: SigningKey
    private let maker: BundleMaker
    private let plan: BuildPlan

    init() async throws {
        scratch = try ScratchFolder()
        key = try SigningKey.generate()
        plan = try Resolver(matrix: VersionMatrix.embedded()).resolve(
            BuildRequest(kubernetes: SemanticVersion(1, 20, 2)))
        let folder = try await UpstreamFolder(scratch.path.appending("upstream")).path
        maker = BundleMaker(
            artifacts: FolderArtifacts(folder: folder, bases: try BuiltInSources.load().bases),
            images: FolderImages(folder: folder.appending("images")), progress: SilentProgress())
        try FileSystem.makeDirectories(scratch.path.appending("out"))
    }

    private func options(_ name: String, key: SigningKey?) -> MakeOptions {
        MakeOptions(
            output: scratch.path.appending("out").appending(name), head: nil,
            compression: Compression(level: 1, windowLog: 20), createdAt: 1_700_000_000, key: key,
            tools: Lock.Tools(
                bundler: BundlerVersion.current, nodeInstall: nil, libzstd: "1.5.4", libarchive: "3.6.2"))
    }

    private func first() async throws -> BundleLock {
        _ = try await maker.make(plan, options("first.run", key: key))
        return try BundleLock(reading: options("first.run", key: key).lockPath)
    }

    @Test func theLockHasTheIndexThePacksAndTheKey() async throws {
        let lock = try await first()
        let bundle = try BundleFile.open(options("first.run", key: key).output)
        #expect(lock.index == SHA256Hasher.hash(bundle.indexBytes))
        #expect(lock.packs == bundle.index.packs.map { BundleLock.LockedPack($0) })
        #expect(lock.packs.map(\.name) == ["node", "images"])
        #expect(lock.key == key.verifyingKey.fingerprint)
    }

    @Test func aPackThatComesOutOtherwiseIsNamedAndNothingIsWritten() async throws {
        var lock = try await first()
        lock.index = SHA256Hasher.hash([1])
        lock.packs[1].digest = SHA256Hasher.hash([2])
        let changed = lock
        let request = options("again.run", key: key)
        let error = await #expect(throws: BundleBuildError.self) { try await maker.remake(changed, request) }
        #expect(error?.category == .invalidInput)
        #expect(error?.message.contains("pack images is sha256:") == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("locked was \(SHA256Hasher.hash([2]))") == true)
        #expect(try FileSystem.list(scratch.path.appending("out")).allSatisfy { $0.hasPrefix("first.run") })
    }

    @Test func withoutTheKeyTheIndexIsTheSameAndThatIsSaid() async throws {
        let lock = try await first()
        let again = try await maker.remake(lock, options("again.run", key: nil))
        #expect(again.notes.contains { $0.contains("signed by nobody") }, "\(again.notes)")
        let made = try BundleFile.open(FilePath(again.file))
        #expect(SHA256Hasher.hash(made.indexBytes) == lock.index)
        let same = try await maker.remake(lock, options("same.run", key: key))
        #expect(!same.notes.contains { $0.contains("signed by") }, "\(same.notes)")
    }
}

import BundleBuild
import BundleModel
import Fetch
import FoundationEssentials
import Host
import Payload
import Signing
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

/// What is left out of a delta, made from sources and made of two bundles.
struct DeltaTests {
    private static let app = "registry.example/app:1"
    /// The layer that all images of the upstream have at the bottom.
    private static let shared = SampleLayer("base", "the same for all", .gzip)

    private let scratch: ScratchFolder
    private let key: SigningKey
    private let upstream: UpstreamFolder
    private let plan: BuildPlan

    init() async throws {
        scratch = try ScratchFolder()
        key = try SigningKey.generate()
        upstream = try await UpstreamFolder(scratch.path.appending("upstream"))
        plan = try Resolver(matrix: VersionMatrix.embedded()).resolve(
            BuildRequest(kubernetes: SemanticVersion(1, 20, 2)))
        try FileSystem.makeDirectories(scratch.path.appending("out"))
    }

    private func maker() throws -> BundleMaker {
        BundleMaker(
            artifacts: FolderArtifacts(folder: upstream.path, bases: try BuiltInSources.load().bases),
            images: FolderImages(folder: upstream.path.appending("images")), progress: SilentProgress())
    }

    private func options(_ name: String, at epoch: UInt64 = 1_700_000_100, base: BaseContent? = nil) -> MakeOptions {
        var options = MakeOptions(
            output: scratch.path.appending("out").appending(name), head: nil,
            compression: Compression(level: 1, windowLog: 20), createdAt: epoch, key: key,
            tools: Lock.Tools(
                bundler: BundlerVersion.current, nodeInstall: nil, libzstd: "1.5.4", libarchive: "3.6.2"))
        options.base = base
        return options
    }

    private func make(
        _ plan: BuildPlan, _ name: String, at epoch: UInt64 = 1_700_000_100, base: BundleFile? = nil
    ) async throws -> BundleFile {
        let content = try base.map { try BaseContent($0) }
        let summary = try await maker().make(plan, options(name, at: epoch, base: content))
        return try BundleFile.open(FilePath(summary.file))
    }

    private func planned(
        _ app: [SampleLayer], _ roles: [NodeRole] = NodeRole.allCases, _ name: String = Self.app
    ) async throws -> BuildPlan {
        let version = name.split(separator: ":").last.map(String.init) ?? ""
        let folder = upstream.path.appending("images").appending("app-\(version)")
        try await SampleLayout(folder).add(name, app)
        var plan = plan
        plan.images.append(PlannedImage(reference: try ImageReference(name), roles: roles))
        return plan
    }

    private func pack(_ content: Pack.Content, _ bundle: BundleFile) throws -> Pack {
        try #require(bundle.index.packs.first { $0.content == content })
    }

    private func path(_ layer: SampleLayer) -> String { ImageMember.layer(layer.diffID).path }

    @Test func filesAndLayersThatTheBaseHasAreLeftOutAndTheIndexIsThatOfTheResult() async throws {
        let old = try await make(plan, "old.run", at: 1_700_000_000)
        try await upstream.replace(
            try #require(plan.artifact(named: "kubelet")), program: Array("another kubelet".utf8))
        let own = SampleLayer("own", "of the app", .none)
        let wanted = try await planned([Self.shared, own])
        let whole = try await make(wanted, "whole.run")
        let delta = try await make(wanted, "delta.run", base: old)

        #expect(delta.index.base == Base(old.index, digest: SHA256Hasher.hash(old.indexBytes)))
        #expect(
            try pack(.files, delta).members.map(\.path) == [
                "usr/local/bin/kubelet", "usr/local/share/kubeferry/sbom.spdx.json",
            ])
        let images = try pack(.images, delta)
        let parts = try #require(images.parts)
        #expect(parts.map(\.name) == ["documents", "layers"])
        #expect(images.members.dropFirst(parts[0].members).map(\.path) == [path(own)])
        #expect(images.omitted?.contains { $0.path == path(Self.shared) } == true)
        for (made, full) in zip(delta.index.packs, whole.index.packs) {
            #expect(Set(made.allMembers) == Set(full.members), "\(made.name)")
            #expect(made.allMembers.count == full.members.count)
        }
        var rest = delta.index
        rest.base = nil
        rest.packs = whole.index.packs
        #expect(rest == whole.index)

        _ = try TrustPolicy(keys: [key.verifyingKey]).evaluate(
            signatures: delta.signatures, over: delta.indexBytes)
        try await delta.verify(delta.index.packs)
        let deep = try await DeepCheck(delta, progress: SilentProgress()).run()
        #expect(deep.images == 8 && deep.layers == 1)
        if await JSONSchema.isAvailable() {
            let index = scratch.path.appending("bundle.json")
            try AtomicFile.write(delta.indexBytes, to: index)
            #expect(try await JSONSchema.faults(of: index, schema: "bundle") == [])
            let lock = FilePath("\(delta.path).lock.json")
            #expect(try await JSONSchema.faults(of: lock, schema: "lock") == [])
        }
    }

    @Test func theDeltaOfTwoBundlesHasTheSamePacks() async throws {
        let old = try await make(plan, "old.run", at: 1_700_000_000)
        let wanted = try await planned([Self.shared, SampleLayer("own", "of the app", .gzip)])
        let whole = try await make(wanted, "whole.run")
        let made = try await make(wanted, "made.run", base: old)
        let output = scratch.path.appending("out").appending("diff.run")
        let summary = try await BundleDiffer(whole, to: BaseContent(old), progress: SilentProgress())
            .write(to: output, threads: 2, signer: .key(key))
        let diff = try BundleFile.open(output)
        #expect(diff.index.packs == made.index.packs)
        #expect(diff.index.base == made.index.base)
        #expect(diff.index.sequence == whole.index.sequence && diff.index.createdAt == whole.index.createdAt)
        #expect(summary.base == diff.index.base)
        #expect(
            summary.omittedSize
                == made.index.packs.flatMap { $0.omitted ?? [] }.reduce(UInt64(0)) { $0 + $1.size })
        try await diff.verify(diff.index.packs)
        _ = try await DeepCheck(diff, progress: SilentProgress()).run()
        #expect(try FileSystem.list(scratch.path.appending("out")).filter { $0.hasPrefix(".") } == [])
    }

    /// containerd has no tar of it: on other layers it has to be unpacked anew.
    @Test func aLayerThatStandsOnOthersThanInTheBaseTravels() async throws {
        let old = try await make(plan, "old.run", at: 1_700_000_000)
        let own = SampleLayer("own", "of the app", .none)
        let delta = try await make(try await planned([own, Self.shared]), "delta.run", base: old)
        let images = try pack(.images, delta)
        #expect(images.members.contains { $0.path == path(Self.shared) })
        #expect(images.omitted?.contains { $0.path == path(Self.shared) } == false)
    }

    @Test(arguments: [(NodeRole.allCases, [NodeRole.worker], true), ([.worker], NodeRole.allCases, false)])
    func aLayerIsLeftOutWhereEveryNodeThatNeedsItHasIt(
        _ before: [NodeRole], _ after: [NodeRole], _ isLeftOut: Bool
    ) async throws {
        let own = SampleLayer("own", "of the app", .none)
        let old = try await make(try await planned([Self.shared, own], before), "old.run", at: 1_700_000_000)
        let name = "registry.example/app:2"
        let more = SampleLayer("more", "of the next version", .none)
        let delta = try await make(
            try await planned([Self.shared, own, more], after, name), "delta.run", base: old)
        let images = try pack(.images, delta)
        #expect(images.members.contains { $0.path == path(more) })
        #expect(images.omitted?.contains { $0.path == path(own) } == isLeftOut)
        #expect(images.members.contains { $0.path == path(own) } == !isLeftOut)
    }

    @Test(arguments: [true, false])
    func aPublishedLayerIsLeftOutWhereTheBaseKeepsIt(_ isKept: Bool) async throws {
        let own = SampleLayer("own", "of the app", .none)
        var wanted = try await planned([Self.shared, own])
        if isKept { wanted.originalLayers = [try ImageReference(Self.app)] }
        let old = try await make(wanted, "old.run", at: 1_700_000_000)
        wanted.originalLayers = [try ImageReference(Self.app)]
        let delta = try await make(wanted, "delta.run", base: old)
        // Published as it is: the blob is the tar.
        let blob = ImageMember.blob(own.diffID).path
        let images = try pack(.images, delta)
        #expect(images.omitted?.contains { $0.path == blob } == isKept)
        #expect(images.members.contains { $0.path == blob } == !isKept)
    }

    @Test func aBundleThatIsReadIsNotReplaced() async throws {
        let old = try await make(plan, "old.run", at: 1_700_000_000)
        let wanted = try await planned([Self.shared])
        let whole = try await make(wanted, "whole.run")
        let base = try BaseContent(old)
        for bundle in [old, whole] {
            let before = try SHA256Hasher.hash(file: bundle.path)
            let error = await #expect(throws: BundleBuildError.self) {
                try await BundleDiffer(whole, to: base, progress: SilentProgress())
                    .write(to: bundle.path, threads: 1, signer: nil)
            }
            #expect(error?.category == .invalidInput)
            #expect(try SHA256Hasher.hash(file: bundle.path) == before)
        }
        let before = try SHA256Hasher.hash(file: old.path)
        let request = options("old.run", base: base)
        await #expect(throws: BundleBuildError.self) { try await maker().make(wanted, request) }
        #expect(try SHA256Hasher.hash(file: old.path) == before)
    }

    @Test func theLockOfADeltaNeedsTheSameBase() async throws {
        let old = try await make(plan, "old.run", at: 1_700_000_000)
        let wanted = try await planned([Self.shared])
        let delta = try await make(wanted, "delta.run", base: old)
        let lock = try BundleLock(reading: FilePath("\(delta.path).lock.json"))
        let digest = SHA256Hasher.hash(old.indexBytes)
        #expect(lock.base == digest)
        let again = try await maker().remake(lock, options("again.run", base: BaseContent(old)))
        #expect(try FileSystem.read(FilePath(again.file)) == FileSystem.read(delta.path))

        let without = options("x.run")
        await #expect(
            throws: BundleBuildError.lockMismatch(["index of the base is none, locked was \(digest)"])
        ) { try await maker().remake(lock, without) }
        let whole = try await make(wanted, "whole.run")
        let other = options("x.run", base: try BaseContent(whole))
        let error = await #expect(throws: BundleBuildError.self) { try await maker().remake(lock, other) }
        #expect(error?.message.contains("index of the base is \(SHA256Hasher.hash(whole.indexBytes))") == true)
        #expect(try FileSystem.list(scratch.path.appending("out")).allSatisfy { !$0.hasPrefix("x.run") })
    }

    @Test func aDeltaIsNoBaseAndNotTakenApart() async throws {
        let old = try await make(plan, "old.run", at: 1_700_000_000)
        let delta = try await make(try await planned([Self.shared]), "delta.run", base: old)
        let base = try #require(delta.index.base)
        let expected = BundleBuildError.isDelta(path: delta.path.string, base: base)
        #expect(expected.category == .baseMissing && expected.message.contains(base.text))
        #expect(throws: expected) { try BaseContent(delta) }
        #expect(throws: expected) {
            try BundleDiffer(delta, to: BaseContent(old), progress: SilentProgress())
        }
        let folder = scratch.path.appending("apart")
        await #expect(throws: expected) {
            try await BundleExtractor(delta, progress: SilentProgress())
                .extract(images: nil, packages: false, files: true, to: folder)
        }
        #expect(!FileSystem.exists(folder))
        let same = #expect(throws: BundleBuildError.self) {
            try BundleDiffer(old, to: BaseContent(old), progress: SilentProgress())
        }
        #expect(same?.message.contains("nothing differs") == true)
    }

    /// Packages, an image that keeps its layers, a head: what changes is the sequence alone.
    @Test(.enabled(if: MadeBundle.canBeMade, "SKIPPED: needs dpkg-deb"))
    func ofTheSameContentOnlyDocumentsListsAndTheHeadTravel() async throws {
        let made = try await MadeBundle(isSelfExtracting: true)
        let older = try made.changed("older.run") { $0.sequence -= 1 }
        let output = made.scratch.path.appending("delta.run")
        let summary = try await BundleDiffer(
            made.open(), to: BaseContent(BundleFile.open(older)), progress: SilentProgress()
        ).write(to: output, threads: 1, signer: .key(made.key))
        #expect(summary.selfExtracting)
        let delta = try BundleFile.open(output)
        try await delta.verify(delta.index.packs)
        let deep = try await DeepCheck(delta, progress: SilentProgress()).run()
        #expect(deep.images == 7 && deep.layers == 0 && deep.packages == 1)
        let whole = try made.open().index
        for (pack, full) in zip(delta.index.packs, whole.packs) {
            #expect(Set(pack.allMembers) == Set(full.members), "\(pack.name)")
        }
        let packs = delta.index.packs
        #expect(packs.map(\.content) == [.files, .images, .packages])
        #expect(packs[0].members.map(\.path) == [SBOM.path])
        #expect(packs[1].parts?.map(\.name) == ["documents"])
        #expect(packs[2].members.map(\.path) == ["packages.json"])
        #expect(packs[2].omitted?.map(\.path) == ["extra/tool_2.0-1_amd64.deb"])
        let head = try #require(made.head)
        let bytes = try FileSystem.read(output, limit: 1 << 30)
        let region = try #require(delta.headRegion)
        #expect(try Array(bytes[Int(region.lowerBound)..<Int(region.upperBound)]) == FileSystem.read(head))
    }

    @Test(.enabled(if: MadeBundle.canBeMade, "SKIPPED: needs dpkg-deb"))
    func aBaseOfAnotherMachineAndADamagedBundleGiveNothing() async throws {
        let made = try await MadeBundle()
        let other = try made.changed("other.run") { $0.architecture = .arm64 }
        let error = #expect(throws: BundleBuildError.self) {
            try BundleDiffer(made.open(), to: BaseContent(BundleFile.open(other)), progress: SilentProgress())
        }
        #expect(error?.category == .invalidInput && error?.message.contains("this one is for arm64") == true)

        let older = try made.changed("older.run") { $0.sequence -= 1 }
        let bundle = try made.open()
        let base = try BaseContent(BundleFile.open(older))
        var bytes = try FileSystem.read(made.file, limit: 1 << 30)
        let pack = try #require(bundle.index.packs.first { $0.content == .images })
        let place = Int(try bundle.region(of: pack).upperBound) - 10
        bytes[place] ^= 1
        try AtomicFile.write(bytes, to: made.file)
        let before = try FileSystem.list(made.scratch.path)
        await #expect(throws: PayloadError.self) {
            try await BundleDiffer(BundleFile.open(made.file), to: base, progress: SilentProgress())
                .write(to: made.scratch.path.appending("delta.run"), threads: 1, signer: nil)
        }
        #expect(try FileSystem.list(made.scratch.path) == before)
    }
}

import BundleBuild
import BundleModel
import Fetch
import FoundationEssentials
import Host
import Signing
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

/// Images out of layouts and archives on this machine, before any registry.
struct ImageSourceTests {
    private static let name = "registry.example/app:1"
    private let layers = [
        SampleLayer("one", "1", .none), SampleLayer("two", "2", .none), SampleLayer("one", "1", .none),
    ]
    private let scratch: ScratchFolder
    private let reference: ImageReference

    init() throws {
        scratch = try ScratchFolder()
        reference = try ImageReference(Self.name)
    }

    private var file: FilePath { scratch.file("images.tar") }
    private var cache: FilePath { scratch.file("cache") }
    private var archive: ImageSourceArchive { ImageSourceArchive(folder: scratch.file("archive")) }

    /// A registry that has every image, of a digest that says so.
    private struct Registry: ImageProvider {
        var refusal: FetchError?

        static let digest = SHA256Hasher.hash(Array("registry".utf8))

        func location(of reference: ImageReference, architecture: CPUArchitecture) -> String { "registry" }

        func size(of reference: ImageReference, architecture: CPUArchitecture) async throws -> UInt64? { 7 }

        func obtain(
            _ reference: ImageReference, pinned: SHA256Digest?, architecture: CPUArchitecture,
            progress: any ProgressSink
        ) async throws -> ObtainedImage {
            ObtainedImage(
                reference: reference,
                target: OCIDescriptor(mediaType: .manifest, digest: pinned ?? Self.digest, size: 1),
                manifest: Self.digest, blobs: [], source: "registry")
        }

        func signatures(of image: ObtainedImage) async throws -> [SHA256Digest] {
            if let refusal { throw refusal }
            return [image.manifest]
        }
    }

    private func open(
        _ texts: [(LocalImageSource.Form, String)], registry: any ImageProvider = Registry(), signatures: Bool = true
    ) async throws -> ImageSources {
        try await ImageSources.open(
            try texts.map { try LocalImageSource($0.0, $0.1) }, registry: registry, cache: cache,
            recordsSignatures: signatures, progress: SilentProgress())
    }

    private func obtain(
        _ sources: ImageSources, _ reference: ImageReference? = nil, pinned: SHA256Digest? = nil,
        for architecture: CPUArchitecture = .amd64
    ) async throws -> ObtainedImage {
        try await sources.obtain(
            reference ?? self.reference, pinned: pinned, architecture: architecture, progress: SilentProgress())
    }

    /// Checks an image's layers, as `make` does.
    private func diffIDs(_ image: ObtainedImage) throws -> [SHA256Digest] {
        try ImageCheck().check(image).layers.map(\.diffID)
    }

    @Test func anArchiveGivesTheSameImageHoweverItIsCompressed() async throws {
        var digests: Set<SHA256Digest> = []
        for pipe in ["cat", "gzip", "zstd -q", "xz"] {
            try await archive.write([.init(tags: [Self.name], layers: layers)], to: file, links: true, pipe: pipe)
            let image = try await obtain(try await open([(.archive, file.string)]))
            #expect(try diffIDs(image) == layers.map(\.diffID))
            #expect(image.source == "file:images.tar")
            digests.insert(image.target.digest)
        }
        #expect(digests.count == 1)
    }

    @Test func layersOfAnArchiveMayBeCompressedThemselves() async throws {
        try await archive.write([.init(tags: [Self.name], layers: layers)], to: file, gzip: true)
        let image = try await obtain(try await open([(.archive, file.string)]))
        #expect(try diffIDs(image) == layers.map(\.diffID))
    }

    @Test func severalImagesOfOneArchiveShareLayers() async throws {
        let second = SampleLayer("three", "3", .none)
        try await archive.write(
            [
                .init(tags: [Self.name, "registry.example/app:latest"], layers: layers),
                .init(tags: ["tool:2"], layers: [layers[0], second]),
            ], to: file, links: true)
        let sources = try await open([(.archive, file.string)])
        let tool = try await obtain(sources, try ImageReference("tool:2"))
        #expect(try diffIDs(tool) == [layers[0].diffID, second.diffID])
        let latest = try await obtain(sources, try ImageReference("registry.example/app"))
        #expect(try await obtain(sources).target.digest == latest.target.digest)
        #expect(try await sources.size(of: reference, architecture: .amd64) == latest.size)
    }

    @Test func anImageWithoutANameHasToBeGivenOne() async throws {
        try await archive.write([.init(layers: layers)], to: file)
        let error = await #expect(throws: BundleBuildError.self) { try await open([(.archive, file.string)]) }
        #expect(error?.message.contains("\(file)=REFERENCE") == true)
        let sources = try await open([(.archive, "\(file)=\(Self.name)")])
        #expect(try diffIDs(try await obtain(sources)) == layers.map(\.diffID))
        #expect(sources.location(of: reference, architecture: .amd64) == "file:images.tar")
    }

    @Test func oneNameIsNotEnoughForSeveralImages() async throws {
        try await archive.write([.init(layers: layers), .init(layers: [])], to: file)
        let error = await #expect(throws: BundleBuildError.self) {
            try await open([(.archive, "\(file)=\(Self.name)")])
        }
        #expect(error?.message.contains("it has 2") == true)
    }

    @Test func aTarOfALayoutKeepsTheImagesOwnDigests() async throws {
        let layout = try SampleLayout(scratch.file("layout"))
        try await layout.add(Self.name, layers, docker: true, isIndexed: true)
        let before = try await obtain(try await open([(.layout, layout.path.string)]))
        try await ImageSourceArchive(folder: layout.path).pack(to: file, pipe: "gzip")
        let image = try await obtain(try await open([(.archive, file.string)]))
        #expect(image.target.digest == before.target.digest && image.manifest == before.manifest)
        #expect(image.target.digest != image.manifest)
        #expect(try diffIDs(image) == layers.map(\.diffID))
        // What a manifest pins is found, too, whatever its name is.
        let pinned = try ImageReference("registry.example/other@\(image.manifest)")
        #expect(try await obtain(try await open([(.archive, file.string)]), pinned).manifest == image.manifest)
    }

    @Test func aLayoutComesBeforeTheRegistryAndTheRegistryForTheRest() async throws {
        let layout = try SampleLayout(scratch.file("layout"))
        try await layout.add(Self.name, layers)
        let sources = try await open([(.layout, layout.path.string)])
        let here = try await obtain(sources)
        #expect(here.source == "file:layout" && here.signatures == nil)
        let other = try ImageReference("registry.example/app:2")
        let there = try await obtain(sources, other)
        #expect(there.source == "registry" && there.signatures == [Registry.digest])
        #expect(sources.location(of: other, architecture: .amd64) == "registry")
        #expect(try await obtain(try await open([], signatures: false)).signatures == nil)
        let both = try ImageReference("\(Self.name)@\(here.target.digest)")
        #expect(try await obtain(sources, both).reference == both)
    }

    @Test func signaturesThatARegistryDoesNotTellAreMissedAloud() async throws {
        let refusal = FetchError.stalled(url: "https://registry.example/v2/", seconds: 60)
        let sources = try await ImageSources.open(
            [], registry: Registry(refusal: refusal), cache: cache, progress: SilentProgress())
        let told = RecordedProgress()
        let image = try await sources.obtain(reference, pinned: nil, architecture: .amd64, progress: told)
        #expect(image.signatures == nil)
        #expect(told.notes == ["its signatures are not recorded: \(refusal.message)"])
    }

    @Test func aLockedImageIsTakenByItsDigestAlone() async throws {
        let layout = try SampleLayout(scratch.file("layout"))
        try await layout.add(Self.name, layers)
        let sources = try await open([(.layout, layout.path.string)])
        let here = try await obtain(sources).target.digest
        #expect(try await obtain(sources, pinned: here).target.digest == here)
        await #expect(
            throws: BundleBuildError.wrongChecksum(Self.name, expected: Registry.digest, actual: here)
        ) { try await obtain(sources, pinned: Registry.digest) }
        let other = try ImageReference("registry.example/app:2")
        #expect(try await obtain(sources, other, pinned: Registry.digest).source == "registry")
    }

    /// - Returns: an archive for each, of one name.
    private func archives(_ architectures: [CPUArchitecture]) async throws -> [(LocalImageSource.Form, String)] {
        var files: [(LocalImageSource.Form, String)] = []
        for architecture in architectures {
            let file = scratch.file("\(architecture.rawValue).tar")
            try await archive.write(
                [.init(tags: [Self.name], layers: layers, architecture: architecture.rawValue)], to: file)
            files.append((.archive, file.string))
        }
        return files
    }

    @Test func eachArchitectureHasItsOwnArchiveOfOneName() async throws {
        let sources = try await open(try await archives([.amd64, .arm64]))
        for architecture in [CPUArchitecture.amd64, .arm64] {
            let image = try await obtain(sources, for: architecture)
            #expect(image.source == "file:\(architecture.rawValue).tar")
            #expect(sources.location(of: reference, architecture: architecture) == image.source)
            #expect(try await sources.size(of: reference, architecture: architecture) == image.size)
            #expect(try await sources.digest(of: reference, architecture: architecture) == image.target.digest)
            let locked = try await obtain(sources, pinned: image.target.digest, for: architecture)
            #expect(locked.source == image.source)
        }
    }

    @Test func anArchitectureThatNoSourceHereHasIsAskedForAtTheRegistry() async throws {
        let sources = try await open(try await archives([.arm64]))
        #expect(try await obtain(sources).source == "registry")
        #expect(sources.location(of: reference, architecture: .amd64) == "registry")
        #expect(try await sources.size(of: reference, architecture: .amd64) == 7)
        // The lock's digest is another architecture's business here.
        #expect(try await obtain(sources, pinned: Registry.digest).source == "registry")

        // Its index names what is not there.
        let layout = try SampleLayout(scratch.file("layout"))
        try await layout.add(Self.name, layers, isIndexed: true)
        let indexed = try await open([(.layout, layout.path.string)])
        #expect(try await obtain(indexed).source == "file:layout")
        #expect(try await obtain(indexed, for: .arm64).source == "registry")
    }

    @Test func anotherArchitecturesImageIsMissingWhereTheRegistryHasNoneEither() async throws {
        let folder = scratch.file("none")
        let sources = try await open(try await archives([.arm64]), registry: FolderImages(folder: folder))
        let error = await #expect(throws: BundleBuildError.self) { try await obtain(sources) }
        let what = "\(Self.name) for amd64 is not in"
        #expect(error?.message == "\(what) file:arm64.tar; \(what) \(folder)")
        #expect(error?.category == .missingArtifact)
    }

    @Test func anArchiveIsUnpackedOnceAndAgainWhereTheDiskLostIt() async throws {
        try await archive.write([.init(tags: [Self.name], layers: layers)], to: file)
        let (one, two) = try await (
            obtain(try await open([(.archive, file.string)])), obtain(try await open([(.archive, file.string)]))
        )
        #expect(one.blobs == two.blobs)
        guard case .file(let blob)? = one.blobs.first?.content else {
            Issue.record("no file")
            return
        }
        let index = blob.removingLastComponent().removingLastComponent().removingLastComponent().appending("index.json")
        for lose in [
            { try AtomicFile.write(Array("damaged".utf8), to: blob) }, { try FileSystem.remove(blob) },
            { try AtomicFile.write(Array("{}".utf8), to: index) }, { try FileSystem.remove(index) },
        ] as [() throws -> Void] {
            try lose()
            #expect(try diffIDs(try await obtain(try await open([(.archive, file.string)]))) == layers.map(\.diffID))
        }
        #expect(try FileSystem.list(cache.appending("images")).filter { $0.hasSuffix(".work") } == [])
    }

    @Test func twoRunsMayUnpackOneArchiveAtOnce() async throws {
        try await archive.write([.init(tags: [Self.name], layers: layers)], to: file)
        async let one = open([(.archive, file.string)])
        async let two = open([(.archive, file.string)])
        let images = try await [obtain(one), obtain(two)]
        #expect(images[0].blobs == images[1].blobs)
    }
}

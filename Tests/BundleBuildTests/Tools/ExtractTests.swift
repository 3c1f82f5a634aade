import BundleBuild
import BundleModel
import FoundationEssentials
import Host
import Payload
import Signing
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

/// Other tools read what is extracted.
@Suite(.enabled(if: MadeBundle.canBeMade, "SKIPPED: needs dpkg-deb"))
struct ExtractTests {
    private func extract(
        _ made: MadeBundle, images: ImageForm? = nil, packages: Bool = false, files: Bool = false
    ) async throws -> (folder: FilePath, summary: ExtractSummary) {
        let folder = made.scratch.path.appending("extracted")
        let summary = try await BundleExtractor(made.open(), progress: SilentProgress())
            .extract(images: images, packages: packages, files: files, to: folder)
        return (folder, summary)
    }

    /// What skopeo makes of an image: the digest of its manifest and of its config.
    private func copied(
        _ source: String, to folder: FilePath
    ) async throws -> (manifest: SHA256Digest, config: SHA256Digest) {
        try await SystemProcessRunner().require(
            Command(
                "skopeo", ["copy", "--insecure-policy", "--override-arch", "amd64", source, "dir:\(folder)"]))
        let bytes = try FileSystem.read(folder.appending("manifest.json"))
        let manifest = try CanonicalJSON.decode(OCIManifest.self, from: Data(bytes))
        return (SHA256Hasher.hash(bytes), manifest.config.digest)
    }

    private func configs(_ made: MadeBundle) throws -> [String: SHA256Digest] {
        let bundle = try made.open()
        let pack = try #require(bundle.index.packs.first { $0.content == .images })
        let documents = try ImageCatalog.documents(
            of: pack, bundle.reader(of: pack, prefix: pack.prefix(throughPart: 0)))
        let catalog = try ImageCatalog(bundle.index.lock.images, documents: documents, members: pack.members)
        return Dictionary(
            uniqueKeysWithValues: catalog.images.map { ($0.locked.reference.description, $0.config.digest) })
    }

    @Test(.enabled(if: MadeBundle.hasSkopeo, "SKIPPED: needs skopeo"))
    func skopeoReadsEveryImageOfTheLayout() async throws {
        let made = try await MadeBundle()
        let (folder, summary) = try await extract(made, images: .oci)
        let configs = try configs(made)
        let locked = try made.open().index.lock.images
        #expect(summary.images.map(\.reference) == locked.map(\.reference))
        for (number, image) in locked.enumerated() {
            let name = image.reference.description
            let copy = try await copied(
                "oci:\(folder)/images:\(name)", to: made.scratch.path.appending("copy-\(number)"))
            #expect(copy.config == configs[name], "\(name)")
            let isKept = name == MadeBundle.kept
            #expect((copy.manifest == image.manifest) == isKept, "\(name)")
            #expect(summary.images[number].isAsPublished == isKept)
            #expect(summary.images[number].digest == copy.manifest)
        }
        let blobs = folder.pushing("images/blobs/sha256")
        for name in try FileSystem.list(blobs) {
            #expect(try SHA256Hasher.hash(file: blobs.appending(name)).hex == name)
        }
    }

    @Test(.enabled(if: MadeBundle.hasSkopeo, "SKIPPED: needs skopeo"))
    func skopeoReadsEveryImageOfTheArchive() async throws {
        let made = try await MadeBundle()
        let (folder, summary) = try await extract(made, images: .docker)
        let configs = try configs(made)
        for (number, image) in summary.images.enumerated() {
            let name = image.reference.description
            let copy = try await copied(
                "docker-archive:\(folder)/images.tar:\(name)", to: made.scratch.path.appending("copy-\(number)"))
            #expect(copy.config == configs[name] && image.digest == copy.config, "\(name)")
        }
    }

    /// The last image of a tag would take it.
    @Test func aTagStandsOnceInTheArchive() async throws {
        let made = try await MadeBundle()
        let images = try made.open().index.lock.images
        let place = try #require(images.firstIndex { $0.reference.description != MadeBundle.kept })
        let pinned = try ImageReference("\(MadeBundle.kept)@\(images[place].digest)")
        let path = try made.changed("pinned.bundle") { $0.lock.images[place].reference = pinned }
        let folder = made.scratch.path.appending("extracted")
        _ = try await BundleExtractor(BundleFile.open(path), progress: SilentProgress())
            .extract(images: .docker, packages: false, files: false, to: folder)
        let archive = folder.appending("images.tar")
        let list = try await SystemProcessRunner().require(Command("tar", ["-xOf", archive.string, "manifest.json"]))
        #expect(list.standardOutput.ranges(of: "\"\(MadeBundle.kept)\"").count == 1)
    }

    @Test func thisProgramReadsItsOwnLayout() async throws {
        let made = try await MadeBundle()
        let (folder, _) = try await extract(made, images: .oci)
        let images = FolderImages(folder: folder.appending("images"))
        for image in try made.open().index.lock.images {
            let obtained = try await images.obtain(
                image.reference, pinned: image.layers == .original ? image.digest : nil, architecture: .amd64,
                progress: SilentProgress())
            _ = try ImageCheck().check(obtained)
        }
    }

    @Test func packagesAndFilesAreWhatTheLockSays() async throws {
        let made = try await MadeBundle()
        let (folder, summary) = try await extract(made, packages: true, files: true)
        #expect(summary.packages == ["debian-12": 1] && summary.images.isEmpty)
        #expect(try FileSystem.list(folder) == ["debs", "files"])
        let deb = folder.pushing("debs/debian-12/extra/tool_2.0-1_amd64.deb")
        let told = try await SystemProcessRunner().require(Command("dpkg-deb", ["-f", deb.string, "Version"]))
        #expect(told.standardOutput == "1:2.0-1\n")
        let kubelet = try #require(try made.open().index.lock.artifacts.first { $0.name == "kubelet" })
        let program = folder.pushing("files/usr/local/bin/kubelet")
        #expect(try SHA256Hasher.hash(file: program) == kubelet.sha256)
        #expect(try FileSystem.status(program)?.mode == 0o755)
        #expect(FileSystem.exists(folder.pushing("files").pushing(FilePath(SBOM.path))))
    }

    @Test func aFolderThatIsThereIsLeftAlone() async throws {
        let made = try await MadeBundle()
        try FileSystem.makeDirectories(made.scratch.path.appending("extracted"))
        await #expect(throws: BundleBuildError.self) { try await extract(made, files: true) }
        #expect(try FileSystem.list(made.scratch.path.appending("extracted")) == [])
    }

    @Test(arguments: [ImageForm.oci, .docker])
    func damageLeavesNothing(_ form: ImageForm) async throws {
        let made = try await MadeBundle()
        let bundle = try made.open()
        let pack = try #require(bundle.index.packs.first { $0.content == .images })
        let place = Int(try bundle.region(of: pack).upperBound) - 10
        var bytes = try FileSystem.read(made.file, limit: 1 << 30)
        bytes[place] ^= 1
        try AtomicFile.write(bytes, to: made.file)
        let before = try FileSystem.list(made.scratch.path)
        await #expect(throws: PayloadError.self) { try await extract(made, images: form) }
        #expect(try FileSystem.list(made.scratch.path) == before)
    }
}

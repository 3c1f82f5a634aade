import BundleModel
import FoundationEssentials
import Host
import Signing
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

@testable import BundleBuild

/// Archives that are damaged, lie or want to write elsewhere: refused, and nothing of them stays.
struct ImageSourceFaultTests {
    private static let name = "registry.example/app:1"
    private let layer = SampleLayer("one", "1", .none)
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private var file: FilePath { scratch.file("images.tar") }
    private var cache: FilePath { scratch.file("cache") }

    /// What is said of the archive by whoever reads it and checks its layers; nil where it is taken.
    private func refusal(_ text: String? = nil) async throws -> (any Diagnostic)? {
        do {
            let sources = try await ImageSources.open(
                [try LocalImageSource(.archive, text ?? file.string)], registry: FolderImages(folder: cache),
                cache: cache, progress: SilentProgress())
            let image = try await sources.obtain(
                ImageReference(Self.name), pinned: nil, architecture: .amd64, progress: SilentProgress())
            _ = try ImageCheck().check(image)
            return nil
        } catch let error as any Diagnostic {
            return error
        }
    }

    /// Nothing but the lock of whoever unpacks.
    private func left() throws -> [String] {
        try FileSystem.list(cache.appending("images")).filter { !$0.hasSuffix(".lock") }
    }

    /// By Python, as an attacker would: an archive of one image, and something more.
    private func archive(_ more: String) async throws {
        let script = """
            import hashlib, io, json, sys, tarfile
            def add(f, name, data=b'', change=None):
                t = tarfile.TarInfo(name)
                t.size = len(data)
                if change: change(t)
                f.addfile(t, io.BytesIO(data))
            layer = open(sys.argv[1], 'rb').read()
            config = json.dumps({'architecture': 'amd64', 'os': 'linux', 'rootfs': {'type': 'layers',
                'diff_ids': ['sha256:' + hashlib.sha256(layer).hexdigest()]}}).encode()
            name = hashlib.sha256(config).hexdigest() + '.json'
            entry = {'Config': name, 'RepoTags': ['\(Self.name)'], 'Layers': ['l/layer.tar']}
            files = {name: config, 'l/layer.tar': layer}
            with tarfile.open(sys.argv[2], 'w', format=tarfile.GNU_FORMAT) as f:
                \(more)
                add(f, 'manifest.json', json.dumps([entry]).encode())
                for path, data in files.items(): add(f, path, data)
            """
        try AtomicFile.write(layer.tar, to: scratch.file("layer.tar"))
        try await SystemProcessRunner().require(
            Command("python3", ["-c", script, scratch.file("layer.tar").string, file.string]))
    }

    @Test func theHonestArchiveIsTaken() async throws {
        try await archive("pass")
        let error = try await refusal()
        #expect(error?.message == nil)
        #expect(try left().count == 1)
    }

    @Test(arguments: [
        ("add(f, '../evil')", "'..'"), ("add(f, '/evil')", "absolute"),
        ("def s(t): t.type = tarfile.SYMTYPE; t.linkname = '/etc'\n    add(f, 'link', change=s)", "absolute"),
        ("def s(t): t.type = tarfile.SYMTYPE; t.linkname = '../x'\n    add(f, 'link', change=s)", "leaves"),
        ("def s(t): t.type = tarfile.LNKTYPE; t.linkname = 'l/layer.tar'\n    add(f, 'link', change=s)", "hard link"),
        ("def s(t): t.type = tarfile.FIFOTYPE\n    add(f, 'pipe', change=s)", "neither a file"),
        ("t = tarfile.TarInfo('huge'); t.size = 70 << 30; f.addfile(t)", "larger than anything"),
        ("entry['Layers'] = ['../../etc/passwd']", "lacks '../../etc/passwd'"),
        ("entry['Layers'] = ['l/other']", "lacks 'l/other'"),
        ("entry['Config'] = 'l/layer.tar'; entry['Layers'] = []", "cannot be read"),
        ("files[name] += b' '", "has the content"), ("entry['RepoTags'] = ['Not A Name']", "manifest.json"),
        ("entry = 7", "manifest.json"),
        ("add(f, 'index.json', b'{')", "not JSON"),
        ("add(f, 'index.json', b' ' * (17 << 20))", "at most"),
        ("add(f, 'index.json', b'{\"schemaVersion\":2,\"manifests\":[]}')", "no name of its own"),
        (
            "add(f, 'index.json', b'{\"schemaVersion\":2,\"manifests\":[]}');"
                + " add(f, 'blobs/sha256/' + '0' * 64, b'lie')", "has the content"
        ),
    ])
    func whatIsWrongIsNamed(_ more: String, words: String) async throws {
        try await archive(more)
        let error = try #require(try await refusal())
        #expect(error.message.contains(words), "\(error.message)")
        #expect(!FileSystem.exists(scratch.file("evil")))
    }

    @Test(arguments: ["../evil", "link -> /etc"])
    func aHostileArchiveLeavesNothing(_ what: String) async throws {
        try await archive(
            what == "../evil"
                ? "add(f, '../evil')"
                : "add(f, 'link', change=lambda t: (setattr(t, 'type', b'2'), setattr(t, 'linkname', '/etc')))")
        let error = try #require(try await refusal())
        #expect(error.category == .invalidInput)
        #expect(try left() == [])
    }

    @Test func membersOfOneNameNeedTheSpaceOfAll() async throws {
        try await archive("add(f, 'l/layer.tar', b'x' * 1000)")
        let listing = try ArchiveListing(of: file, stop: CancellationFlag())
        #expect(listing.files["l/layer.tar"] == 1000 + UInt64(layer.tar.count))
        // The last of them counts, as for tar itself.
        let error = try await refusal()
        #expect(error?.message == nil)
    }

    @Test(arguments: ["cut", "text", "empty", "folder", "missing"])
    func whatIsNoArchiveIsRefused(_ kind: String) async throws {
        switch kind {
        case "cut":
            try await archive("pass")
            let bytes = try FileSystem.read(file)
            try AtomicFile.write(bytes.prefix(700), to: file)
        case "text": try AtomicFile.write(Array("no archive at all\n".utf8), to: file)
        case "empty": try AtomicFile.write([UInt8](), to: file)
        case "folder": try FileSystem.makeDirectories(file)
        default: break
        }
        let error = try #require(try await refusal())
        #expect(error.category == .invalidInput, "\(error.message)")
        #expect(error.message.contains(file.string))
        #expect(try left() == [])
    }

    @Test func aLayerThatUnpacksToSomethingElseIsFoundBeforePacking() async throws {
        let other = SampleLayer("two", "2", .none)
        let archive = ImageSourceArchive(folder: scratch.file("archive"))
        try await archive.write([.init(tags: [Self.name], layers: [layer], diffIDs: [other.diffID])], to: file)
        let error = try #require(try await refusal())
        #expect(error.message.contains("unpacks to \(layer.diffID), its config says \(other.diffID)"))
    }

    @Test(arguments: ["a", "a/b=registry.example/app:1", "a=Not A Name"])
    func aFolderThatIsNoLayoutIsRefused(_ text: String) async throws {
        let outcome = await #expect(throws: (any Error).self) {
            try await ImageSources.open(
                [try LocalImageSource(.layout, scratch.file(text).string)], registry: FolderImages(folder: cache),
                cache: cache, progress: SilentProgress())
        }
        #expect((outcome as? any Diagnostic)?.category == .invalidInput)
    }
}

import BundleModel
import Fetch
import Host
import SystemPackage
import TestSupport
import Testing

@testable import BundleBuild

struct LocalFilesTests {
    private let scratch: ScratchFolder
    private let file: FilePath

    init() throws {
        scratch = try ScratchFolder()
        file = scratch.file("app.yaml")
        try AtomicFile.write(Array("kind: Pod\n".utf8), to: file)
    }

    @Test(arguments: [
        ("manifests/app.yaml", "file:manifests/app.yaml"), ("./a/../app.yaml", "file:app.yaml"),
        ("/srv/manifests/app.yaml", "file:app.yaml"),
    ])
    func aLockDoesNotSayWhereThisMachineHasIt(_ path: String, _ source: String) {
        #expect(LocalFiles.source(path) == source)
    }

    @Test func aFileThatChangedIsRefusedWhereNothingIsKept() async throws {
        let files = LocalFiles(cache: nil)
        let before = try await files.obtain(file.string)
        let pinned = try await files.obtain("manifest app", source: "file:\(file)", pinned: before.sha256)
        #expect(pinned.path == file)
        try AtomicFile.write(Array("kind: Job\n".utf8), to: file)
        let error = try await #require(throws: BundleBuildError.self) {
            try await files.obtain("manifest app", source: "file:\(file)", pinned: before.sha256)
        }
        #expect(error.category == .upstreamMismatch)
        #expect(error.message.contains("manifest app"))
        try FileSystem.remove(file)
        let gone = try await #require(throws: BundleBuildError.self) {
            try await files.obtain("manifest app", source: "file:\(file)", pinned: before.sha256)
        }
        #expect(gone.category == .missingArtifact)
    }

    @Test func whatWasUsedIsKeptInTheCache() async throws {
        let transport = HTTPTransport()
        let files = LocalFiles(cache: ArtifactCache(folder: scratch.file("cache"), transport: transport))
        let before = try await files.obtain(file.string)
        try AtomicFile.write(Array("kind: Job\n".utf8), to: file)
        let kept = try await files.obtain("manifest app", source: "file:\(file)", pinned: before.sha256)
        #expect(try FileSystem.text(kept.path) == "kind: Pod\n")
        try await transport.shutdown()
    }

    @Test func aChartsFolderIsWhatItsFilesAre() async throws {
        let files = LocalFiles(cache: nil)
        func chart(_ name: String, _ content: [String: String]) async throws -> SHA256Digest {
            let folder = scratch.file(name)
            for (path, text) in content {
                let file = folder.pushing(FilePath(path))
                try FileSystem.makeDirectories(file.removingLastComponent())
                try AtomicFile.write(Array(text.utf8), to: file)
            }
            return try await files.chart(folder.string).sha256
        }
        let first = try await chart("a", ["Chart.yaml": "1", "templates/x.yaml": "2"])
        #expect(try await chart("b", ["templates/x.yaml": "2", "Chart.yaml": "1"]) == first)
        #expect(try await chart("c", ["Chart.yaml": "1", "templates/y.yaml": "2"]) != first)
        #expect(try await chart("d", ["Chart.yaml": "1", "templates/x.yaml": "3"]) != first)
    }

    @Test func aLinkInAChartsFolderIsRefused() async throws {
        let folder = scratch.file("chart")
        try FileSystem.makeDirectories(folder)
        try await SystemProcessRunner().require(
            Command("ln", ["-s", "/etc/hostname", folder.appending("values.yaml").string]))
        let error = try await #require(throws: BundleBuildError.self) {
            try await LocalFiles(cache: nil).chart(folder.string)
        }
        #expect(error.message.contains("'values.yaml' is neither a file nor a folder"))
    }
}

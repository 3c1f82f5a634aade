import BundleModel
import Fetch
import FoundationEssentials
import Host
import SystemPackage
import TestSupport
import Testing

@testable import BundleBuild

/// Files that an operator or an upstream got wrong.
struct BadInputTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func file(_ text: String) throws -> FilePath {
        let path = scratch.path.appending("input")
        try AtomicFile.write(Array(text.utf8), to: path)
        return path
    }

    @Test(arguments: [("{}", "the file lacks"), ("<html>", "the file is not JSON")])
    func aLockThatCannotBeReadNamesItsFileAndThePlace(_ text: String, _ part: String) throws {
        let path = try file(text)
        let error = try #require(throws: BundleBuildError.self) { try BundleLock(reading: path) }
        #expect(error.message.contains("\(path): \(part)"))
        #expect(error.category == .invalidInput)
        #expect(!error.message.contains("DecodingError"))
    }

    @Test func aLockWithTwoImagesOfOneReferenceIsRefused() throws {
        let plan = try Resolver(matrix: VersionMatrix.embedded()).resolve(
            BuildRequest(kubernetes: SemanticVersion(1, 20, 2)))
        var lock = try SampleLock(plan).lock()
        let path = scratch.path.appending("lock.json")
        try lock.write(to: path)
        _ = try BundleLock(reading: path)
        var twice = try #require(lock.lock.images.first)
        twice.digest = SampleLock.digest("another")
        lock.lock.images.append(twice)
        try lock.write(to: path)
        let error = try #require(throws: BundleBuildError.self) { try BundleLock(reading: path) }
        #expect(error.message == "cannot read \(path): image \(twice.reference) is listed twice")
        #expect(error.category == .invalidInput)
    }

    @Test func inputThatIsNotThereIsTheOperatorsMistake() throws {
        let path = scratch.path.appending("none")
        let errors = [
            try #require(throws: HostError.self) { try BundleLock(reading: path) },
            try #require(throws: HostError.self) { try BuiltInSources.load(file: path) },
        ]
        for error in errors {
            #expect(error.category == .invalidInput)
            #expect(error.message == "cannot read \(path): No such file or directory")
        }
    }

    @Test func aSourcesFileThatCannotBeReadIsNamed() throws {
        let path = try file(#"{"schemaVersion":1,"files":{"runc":1},"registries":{}}"#)
        let error = try #require(throws: FetchError.self) { try BuiltInSources.load(file: path) }
        #expect(error.message.hasPrefix("\(path): files.runc: "))
    }

    @Test func aMirrorOfAHostThatNothingComesFromIsRefused() throws {
        let sources = try BuiltInSources.load()
        let images = [try ImageReference("registry.example/app:1")]
        for host in ["registry.k8s.io", "docker.io", "registry.example"] {
            try sources.requireKnown(registry: "\(host)=http://127.0.0.1:5000", images: images)
        }
        let error = try #require(throws: FetchError.self) {
            try sources.requireKnown(registry: "registry.k8s.oi=http://127.0.0.1:5000", images: images)
        }
        #expect(error.category == .invalidInput)
        #expect(error.message.contains("'registry.k8s.oi'"))
        #expect(error.message.contains("quay.io, registry.example, registry.k8s.io"))
    }

    @Test(arguments: ["crictl", "containerd", "cni-plugins"], [true, false])
    func anUpstreamArchiveThatCannotBeUsedIsAnUpstreamMismatch(_ name: String, _ isCorrupt: Bool) async throws {
        let archive = scratch.path.appending("x.tar.gz")
        if isCorrupt {
            try AtomicFile.write([0x1f, 0x8b, 8, 0, 1, 2, 3, 4], to: archive)
        } else {
            _ = try file("text")
            // A name that leads out of the folder.
            try await SystemProcessRunner().require(
                Command(
                    "tar",
                    [
                        "-P", "-C", scratch.path.string, "--transform", "s,input,../input,", "-czf", archive.string,
                        "input",
                    ]))
        }
        let definition = try #require(try ArtifactCatalog.definition(named: name))
        let url = "https://upstream.example/x.tar.gz"
        let artifact = ObtainedArtifact(
            path: archive, size: 1, sha256: try SHA256Digest(hex: String(repeating: "0", count: 64)),
            proof: UpstreamProof(kind: .local, source: ""), source: url)
        let error = try #require(throws: FetchError.self) {
            try NodeFiles(staging: scratch.path).members(of: definition, artifact: artifact)
        }
        #expect(error.category == .upstreamMismatch)
        #expect(error.message.contains(name) && error.message.contains(url))
    }
}

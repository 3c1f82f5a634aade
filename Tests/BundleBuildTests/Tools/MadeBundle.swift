import BundleBuild
import BundleModel
import Fetch
import FoundationEssentials
import Host
import Payload
import Signing
import SystemPackage
import TestSupport
import UpstreamTestSupport

/// A bundle with every kind of pack: programs, images of which one keeps its layers, and a real package.
struct MadeBundle {
    static var canBeMade: Bool { FileSystem.exists("/usr/bin/dpkg-deb") }
    static var hasSkopeo: Bool { FileSystem.exists("/usr/bin/skopeo") }
    /// The image that keeps its layers.
    static let kept = "k8s.gcr.io/pause:3.2"
    static let time: UInt64 = 1_700_000_000

    let scratch: ScratchFolder
    let key: SigningKey
    let file: FilePath
    /// Of the node-install that it carries; nil for a bare one.
    let head: FilePath?

    /// One package, whatever is asked for.
    private struct OnePackage: PackageProvider {
        let only: ObtainedPackage
        var location: String { only.file.source }

        func obtain(
            _ wanted: [String], osRelease: String, architecture: CPUArchitecture, progress: any ProgressSink
        ) async throws -> [ObtainedPackage] { [only] }

        func obtain(
            _ entry: Artifact, osRelease: String, architecture: CPUArchitecture, progress: any ProgressSink
        ) async throws -> ObtainedPackage { only }
    }

    init(isSelfExtracting: Bool = false) async throws {
        scratch = try ScratchFolder()
        key = try SigningKey.generate()
        let folder = try await UpstreamFolder(scratch.path.appending("upstream")).path
        var plan = try Resolver(matrix: VersionMatrix.embedded()).resolve(
            BuildRequest(kubernetes: SemanticVersion(1, 20, 2)))
        plan.originalLayers = [try ImageReference(Self.kept)]
        plan.osReleases = ["debian-12"]
        let maker = BundleMaker(
            artifacts: FolderArtifacts(folder: folder, bases: try BuiltInSources.load().bases),
            images: FolderImages(folder: folder.appending("images")),
            packages: OnePackage(only: try await Self.deb(in: scratch.path)), progress: SilentProgress())
        var executable: HeadExecutable?
        if isSelfExtracting {
            let path = scratch.path.appending("node-install")
            try AtomicFile.write(SampleExecutable.bytes(tail: [1, 2, 3]), to: path, mode: 0o755)
            executable = try HeadExecutable(path)
        }
        head = executable?.path
        let options = MakeOptions(
            output: scratch.path.appending("k8s.run"), head: executable,
            compression: Compression(level: 1, windowLog: 20), createdAt: Self.time, key: key,
            tools: Lock.Tools(
                bundler: BundlerVersion.current, nodeInstall: executable?.head.sha256, libzstd: "1.5.4",
                libarchive: "3.6.2"))
        file = FilePath(try await maker.make(plan, options).file)
    }

    func open() throws -> BundleFile { try BundleFile.open(file) }

    /// The same packs under an index that says something else, signed.
    func changed(_ name: String, _ change: (inout BundleIndex) throws -> Void) throws -> FilePath {
        let bundle = try open()
        let bytes = try FileSystem.read(file, limit: 1 << 30)
        var index = bundle.index
        index.head = nil
        try change(&index)
        let json = Array(try CanonicalJSON.encode(index))
        let packs = try zip(bundle.index.packs, index.packs).map { old, new in
            let range = try bundle.region(of: old)
            let path = scratch.path.appending("\(name)-\(old.name)")
            try AtomicFile.write(bytes[Int(range.lowerBound)..<Int(range.upperBound)], to: path)
            return (pack: new, file: path)
        }
        let output = scratch.path.appending(name)
        try BundleWriter.write(
            to: output, head: nil, index: json, signatures: [key.signature(over: json)], packs: packs,
            modificationTime: Self.time)
        return output
    }

    private static func deb(in folder: FilePath) async throws -> ObtainedPackage {
        let tree = folder.appending("deb")
        try FileSystem.makeDirectories(tree.appending("DEBIAN"))
        let control = """
            Package: tool
            Version: 1:2.0-1
            Architecture: amd64
            Maintainer: Nobody <nobody@example.org>
            Description: a test

            """
        try AtomicFile.write(Array(control.utf8), to: tree.pushing("DEBIAN/control"))
        let deb = folder.appending("tool.deb")
        try await SystemProcessRunner().require(
            Command("dpkg-deb", ["--root-owner-group", "-b", tree.string, deb.string]))
        let digest = try SHA256Hasher.hash(file: deb)
        return ObtainedPackage(
            name: "tool", version: "1:2.0-1",
            file: ObtainedArtifact(
                path: deb, size: try FileSystem.status(deb)?.size ?? 0, sha256: digest,
                proof: UpstreamProof(kind: .local, source: ""), source: "http://127.0.0.1/pool/tool_2.0-1_amd64.deb"))
    }
}

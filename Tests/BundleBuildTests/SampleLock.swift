import BundleBuild
import BundleModel
import Signing

/// A small lock, and the index that it is of.
struct SampleLock {
    static let tools = Lock.Tools(
        bundler: SemanticVersion(1, 0, 0), nodeInstall: digest("node-install"), libzstd: "1.5.4", libarchive: "3.6.2")
    static let compression = Compression(level: 3, windowLog: 27)

    var index: BundleIndex

    static func digest(_ text: String) -> SHA256Digest { SHA256Hasher.hash(Array(text.utf8)) }

    /// The bundle of a plan, with an image of each reference and two packs.
    init(_ plan: BuildPlan, osReleases: [String] = []) throws {
        let artifacts = plan.artifacts.map { artifact in
            Artifact(
                name: artifact.name, kind: artifact.kind, version: "\(artifact.version)", source: "https://a.example",
                license: "Apache-2.0", size: 1, sha256: Self.digest(artifact.name),
                proof: UpstreamProof(kind: .publishedChecksum, source: "https://a.example"))
        }
        let debs = osReleases.map { osRelease in
            Artifact(
                name: "socat", kind: .deb, version: "1.7.4.4-2", source: "https://d.example", license: "GPL-2.0-only",
                size: 1, sha256: Self.digest("socat"),
                proof: UpstreamProof(kind: .signedPackageIndex, source: "https://d.example"), osRelease: osRelease)
        }
        let images = plan.images.map { image in
            LockedImage(
                reference: image.reference, digest: Self.digest(image.reference.description), mediaType: .index,
                manifest: Self.digest("manifest"), size: 1, roles: image.roles, source: "https://r.example")
        }
        index = BundleIndex(
            productLine: "kubernetes", sequence: 1_700_000_000, createdAt: "2023-11-14T22:13:20Z",
            releaseID: Self.digest("release"), architecture: plan.architecture, release: plan.release, head: nil,
            lock: Lock(tools: Self.tools, compression: Self.compression, artifacts: artifacts + debs, images: images),
            packs: ["node", "images"].map { Self.pack($0, holding: $0) })
    }

    static func pack(_ name: String, holding content: String) -> Pack {
        Pack(
            name: name, content: name == "images" ? .images : .files, selector: Pack.Selector(),
            compression: compression, size: 5, uncompressedSize: 10_240, chunkSize: 4_194_304,
            chunks: [digest(content)], digest: digest(content), members: [])
    }

    func lock(osReleases: [String] = [], key: SHA256Digest? = nil) -> BundleLock {
        BundleLock(index: index, digest: Self.digest("index"), osReleases: osReleases, key: key)
    }
}

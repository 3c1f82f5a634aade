import Archive
import BundleModel
import Host
import Signing
import Testing

@testable import InstallCore

/// A small bundle's index and a node to install.
enum Fixture {
    static let digest = SHA256Digest(bytes: [UInt8](repeating: 7, count: 32))

    static func index() throws -> BundleIndex {
        let digest = try #require(digest)
        let pause = try ImageReference("registry.k8s.io/pause:3.9")
        let release = Release(
            kubernetes: SemanticVersion(1, 28, 0), containerd: SemanticVersion(1, 6, 20),
            runc: SemanticVersion(1, 1, 5),
            cniPlugins: SemanticVersion(1, 1, 1), crictl: SemanticVersion(1, 28, 0), kubeadmAPI: .v1beta3,
            imageRepository: "registry.k8s.io", controlPlaneImages: [pause], sandboxImage: pause,
            cni: CNI(kind: .bridge))
        let lock = Lock(
            tools: .init(bundler: SemanticVersion(0, 1, 0), nodeInstall: nil, libzstd: "1.5.4", libarchive: "3.6.2"),
            compression: Compression(), artifacts: [],
            images: [
                LockedImage(
                    reference: pause, digest: digest, mediaType: .manifest, manifest: digest, size: 1, roles: [],
                    source: "registry.k8s.io")
            ])
        return BundleIndex(
            productLine: "kubernetes", sequence: 5, createdAt: "2026-01-01T00:00:00Z", releaseID: digest,
            architecture: .amd64, release: release, head: nil, lock: lock, packs: [])
    }

    static func node() throws -> RunRecord {
        RunRecord(
            releaseID: try #require(digest), kubernetes: "1.28.0", productLine: "kubernetes", sequence: 5,
            keyFingerprint: nil, role: .master, nodeIP: "10.77.0.10", nodeName: "m0", podCIDR: "10.244.0.0/16",
            serviceCIDR: "10.96.0.0/12", bootID: "boot-1", imageLoader: .ctr)
    }

    static func target(_ scratch: Scratch, runner: any ProcessRunner = NoPrograms()) throws -> InstallTarget {
        InstallTarget(
            context: scratch.context(runner), content: EmptyBundle(index: try index()),
            options: try InstallOptions(
                role: .master, nodeIP: nil, podCIDR: nil, serviceCIDR: nil, verifiesFirst: true,
                configuration: NodeConfiguration()),
            node: try node(),
            services: ServiceHooks(
                mastersFile: { Array($0.joined().utf8) }, clusterObjects: { _, _ in Array("{}".utf8) }))
    }
}

extension InstallTarget {
    /// The same with another context.
    func with(_ context: NodeContext) -> InstallTarget {
        InstallTarget(context: context, content: content, options: options, node: node, services: services)
    }
}

/// An index without packs.
struct EmptyBundle: BundleContent {
    struct NoPack: Error {}
    let index: BundleIndex

    func reader(_ pack: Pack, _ prefix: Pack.Prefix) throws -> PackReader { throw NoPack() }
    func keep(_ reader: PackReader?) {}
    func verify(_ packs: [Pack], for role: NodeRole, progress: any ProgressSink) async throws {}
    func executable() throws -> [UInt8] { Array("program".utf8) }
    func executableHead() throws -> Head { Head(size: 7, sha256: SHA256Hasher.hash(Array("program".utf8))) }
}

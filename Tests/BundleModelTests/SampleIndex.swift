import BundleModel

/// A small index with every kind of field, and the bytes that it must always give.
enum SampleIndex {
    static func make() throws -> BundleIndex {
        let pause = try ImageReference("k8s.gcr.io/pause:3.2")
        let compression = Compression(level: 3, windowLog: 27)
        let release = Release(
            kubernetes: try SemanticVersion("1.20.2"), containerd: try SemanticVersion("1.6.20"),
            runc: try SemanticVersion("1.1.5"), cniPlugins: try SemanticVersion("1.1.1"),
            crictl: try SemanticVersion("1.20.0"), kubeadmAPI: .v1beta2, imageRepository: "k8s.gcr.io",
            controlPlaneImages: [pause], sandboxImage: pause, cni: CNI(kind: .bridge))
        let lock = Lock(
            tools: .init(
                bundler: try SemanticVersion("0.1.0"), nodeInstall: try digest("1"), libzstd: "1.5.4",
                libarchive: "3.6.2"),
            compression: compression,
            artifacts: [
                Artifact(
                    name: "kubelet", kind: .binary, version: "1.20.2", source: "http://127.0.0.1/kubelet",
                    license: "Apache-2.0", size: 12, sha256: try digest("2"),
                    proof: UpstreamProof(kind: .publishedChecksum, source: "http://127.0.0.1/kubelet.sha256"))
            ],
            images: [
                LockedImage(
                    reference: pause, digest: try digest("3"), mediaType: .index, manifest: try digest("4"), size: 34,
                    roles: [.master, .worker], source: "127.0.0.1:5000")
            ])
        let pack = Pack(
            name: "node", content: .files, selector: .init(roles: [.master], osReleases: ["debian-12"]),
            compression: compression, size: 5, uncompressedSize: 10240, chunkSize: 4_194_304,
            chunks: [try digest("5")], digest: try digest("6"),
            members: [
                .init(path: "usr/local/bin/kubelet", mode: 0o755, size: 12, sha256: try digest("2")),
                .init(path: "usr/local/bin/k", kind: .symlink, mode: 0o777, target: "kubelet"),
            ])
        let images = Pack(
            name: "images", content: .images, selector: .init(), compression: compression, size: 6,
            uncompressedSize: 3072, chunkSize: 4_194_304, chunks: [try digest("8")], digest: try digest("9"),
            members: [
                .init(path: "blobs/sha256/\(try digest("3").hex)", mode: 0o644, size: 12, sha256: try digest("3")),
                .init(
                    path: "layers/sha256/\(try digest("a").hex)", mode: 0o644, size: 512, sha256: try digest("a"),
                    appliedBy: .containerd),
            ],
            parts: [
                .init(name: "documents", roles: [], members: 1, uncompressedEnd: 1024, end: 3),
                .init(name: "layers-control-plane", roles: [.master], members: 1, uncompressedEnd: 3072, end: 6),
            ], continues: "node")
        return BundleIndex(
            productLine: "kubernetes", sequence: 1_700_000_000, createdAt: "2023-11-14T22:13:20Z",
            releaseID: try digest("7"), architecture: .amd64, release: release,
            head: Head(size: 4097, sha256: try digest("1")), lock: lock, packs: [pack, images])
    }

    private static func digest(_ digit: Character) throws -> SHA256Digest {
        try SHA256Digest(hex: String(repeating: digit, count: 64))
    }
}

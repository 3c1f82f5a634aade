import FoundationEssentials
import Host
import SystemPackage
import Testing

/// Bundles for the tests, made by the real bundler from the test bed's upstream, once a run each.
actor TestBundle {
    static let shared = TestBundle()

    struct Files {
        let run: FilePath
        let key: FilePath
        let publicKey: FilePath
    }

    private var made: [String: Files] = [:]
    private var generatedKeys: Set<String> = []

    static var bundler: FilePath { Testbed.repository.appending(".build/debug/bundler") }
    static var nodeInstall: FilePath { Testbed.repository.appending(".build-static/release/node-install") }
    static var folder: FilePath { Testbed.runDirectory.appending("bundles") }

    /// Kubernetes v1.20.2 with the bridge network and an operator's manifest: an installation has every step.
    ///
    /// - Parameters:
    ///   - name: which bundle; the same name is made once.
    ///   - options: more of `bundler make`'s options.
    ///   - key: name of the signing key.
    func make(_ name: String = "k8s", key: String = "release", level: Int? = 3, _ options: String...) async throws
        -> Files
    {
        if let files = made[name] { return files }
        let upstream = try await Testbed.upstream()
        let filesURL = try #require(upstream["FILES_URL"])
        let registryURL = try #require(upstream["REGISTRY_URL"])
        let keyFile = try await self.key(key)
        let output = Self.folder.appending("\(name).run")
        let manifest = Self.folder.appending("carried.yaml")
        try AtomicFile.write(Array(Self.manifest.utf8), to: manifest)
        var arguments = [
            Self.bundler.string, "make", "--k8s", "v1.20.2", "--cni", "bridge", "--os", "debian-12",
            "--key", keyFile.string, "--node-install", Self.nodeInstall.string, "--output", output.string,
            "--cache", Testbed.directory.appending("cache").string, "--progress", "none", "--image",
            "docker.io/kubeferry/busybox:1", "--manifest", manifest.string,
        ]
        for (source, path) in [
            ("kubernetes", "dl.k8s.io"), ("containerd", "github.com/containerd/containerd/releases/download"),
            ("runc", "github.com/opencontainers/runc/releases/download"),
            ("cniPlugins", "github.com/containernetworking/plugins/releases/download"),
            ("crictl", "github.com/kubernetes-sigs/cri-tools/releases/download"),
        ] {
            arguments += ["--source", "\(source)=\(filesURL)/\(path)"]
        }
        for host in ["k8s.gcr.io", "docker.io"] { arguments += ["--registry-mirror", "\(host)=\(registryURL)"] }
        if let level { arguments += ["--compression-level", "\(level)"] }
        try await Testbed.require(arguments + options, timeout: 3600)
        let files = Files(run: output, key: keyFile, publicKey: Self.folder.appending("\(key).pub"))
        made[name] = files
        return files
    }

    private static let manifest = """
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: carried
          namespace: kube-public
        data:
          from: the bundle

        """

    /// One of the default level, which takes minutes to make: with a later containerd.
    func atDefaultLevel() async throws -> Files {
        try await make("k8s-containerd-1.7", level: nil, "--containerd", "1.7.24", "--runc", "1.1.5")
    }

    /// Makes an image with a layer for each folder, and gives it to the upstream's registry.
    func push(_ image: String, _ folders: [FilePath]) async throws {
        let registry = try #require(try await Testbed.upstream()["REGISTRY_URL"])
        try await Testbed.require([
            "/usr/bin/env", "python3", Testbed.repository.appending("Tests/Testbed/image-push.py").string, registry,
            image, folders.map(\.string).joined(separator: ","), "{}",
        ])
    }

    /// A signing key without a passphrase: `<name>.key`, `<name>.pub` beside it.
    func key(_ name: String) async throws -> FilePath {
        let prefix = Self.folder.appending(name)
        let file = Self.folder.appending("\(name).key")
        guard !generatedKeys.contains(name) else { return file }
        try FileSystem.makeDirectories(Self.folder)
        try FileSystem.remove(file)
        try FileSystem.remove(Self.folder.appending("\(name).pub"))
        try await Testbed.require([Self.bundler.string, "keygen", "--output", prefix.string, "--no-passphrase"])
        generatedKeys.insert(name)
        return file
    }
}

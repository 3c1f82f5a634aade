public import BundleBuild
import BundleModel
import Fetch
import FoundationEssentials
import Host
import Signing
public import SystemPackage

/// A folder laid out like the real upstreams for v1.20.2, with small programs in the place of the real ones. Its
/// kubeadm is a script that lists images, and really runs.
public struct UpstreamFolder: Sendable {
    public static let images = [
        "k8s.gcr.io/kube-apiserver:v1.20.2", "k8s.gcr.io/kube-controller-manager:v1.20.2",
        "k8s.gcr.io/kube-scheduler:v1.20.2", "k8s.gcr.io/kube-proxy:v1.20.2", "k8s.gcr.io/pause:3.2",
        "k8s.gcr.io/etcd:3.4.13-0", "k8s.gcr.io/coredns:1.7.0",
    ]

    public let path: FilePath

    public init(_ path: FilePath, listed: [String] = UpstreamFolder.images) async throws {
        self.path = path
        let plan = try Resolver(matrix: VersionMatrix.embedded()).resolve(
            BuildRequest(kubernetes: SemanticVersion(1, 20, 2)))
        let bases = try BuiltInSources.load().bases
        for artifact in plan.artifacts {
            let place = try location(of: artifact, bases)
            try FileSystem.makeDirectories(place.removingLastComponent())
            switch artifact.name {
            case "kubeadm":
                let script = "#!/bin/sh\nprintf '%s\\n' \(listed.joined(separator: " "))\n"
                try AtomicFile.write(Array(script.utf8), to: place)
            case "containerd":
                try await archive(["bin/containerd", "bin/containerd-shim-runc-v2", "bin/ctr"], at: place)
            case "crictl": try await archive(["crictl"], at: place)
            case "cni-plugins": try await archive(["bridge", "host-local", "LICENSE"], at: place)
            default: try AtomicFile.write(Array("program \(artifact.name)".utf8), to: place)
            }
            try publishChecksum(of: artifact, at: place)
        }
        try await writeImages()
    }

    /// Publishes other content of an artifact, with its checksum: a program's bytes, or members of an archive.
    public func replace(_ artifact: PlannedArtifact, program: [UInt8] = [], members: [String: [UInt8]] = [:])
        async throws
    {
        let place = try location(of: artifact, BuiltInSources.load().bases)
        if artifact.kind == .archive {
            try await archive(members, at: place)
        } else {
            try AtomicFile.write(program, to: place)
        }
        try publishChecksum(of: artifact, at: place)
    }

    private func publishChecksum(of artifact: PlannedArtifact, at place: FilePath) throws {
        guard let checksum = artifact.checksumPath else { return }
        let line = "\(try SHA256Hasher.hash(file: place).hex)  \(artifact.fileName)\n"
        let file = place.removingLastComponent().appending(String(checksum.split(separator: "/").last ?? ""))
        try AtomicFile.write(Array(line.utf8), to: file)
    }

    public func location(of artifact: PlannedArtifact, _ bases: [String: String]) throws -> FilePath {
        let provider = FolderArtifacts(folder: path, bases: bases)
        return path.pushing(FilePath(String(try provider.location(of: artifact).dropFirst("file:".count))))
    }

    /// By the real tar, with a leading `./` as upstream's CNI archive has.
    private func archive(_ members: [String], at place: FilePath) async throws {
        try await archive(
            Dictionary(uniqueKeysWithValues: members.map { ($0, Array("program \($0)".utf8)) }), at: place)
    }

    private func archive(_ members: [String: [UInt8]], at place: FilePath) async throws {
        let folder = path.appending("tree-\(place.lastComponent?.string ?? "")")
        for (member, content) in members {
            let file = folder.pushing(FilePath(member))
            try FileSystem.makeDirectories(file.removingLastComponent())
            try AtomicFile.write(content, to: file, mode: 0o755)
        }
        try await SystemProcessRunner().require(Command("tar", ["-C", folder.string, "-czf", place.string, "."]))
    }

    /// One OCI layout with all images: a layer that they share below one of their own, each kind of compression in turn.
    private func writeImages() async throws {
        let layout = try SampleLayout(path.appending("images"))
        let base = SampleLayer("base", "the same for all", .gzip)
        for (number, name) in Self.images.enumerated() {
            let form = OCIMediaType.LayerCompression.allCases[number % 3]
            try await layout.add(name, [base, SampleLayer("own", "layer of \(name)", form)])
        }
    }
}

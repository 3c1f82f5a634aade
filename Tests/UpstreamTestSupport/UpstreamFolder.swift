public import BundleBuild
public import BundleModel
import Fetch
import FoundationEssentials
import Host
import Signing
public import SystemPackage

/// A folder laid out like the real upstreams for v1.20.2, with small programs in the place of the real ones. Its
/// kubeadm is a script that lists images, and really runs, on the machine that it is for.
public struct UpstreamFolder: Sendable {
    public static let images = [
        "k8s.gcr.io/kube-apiserver:v1.20.2", "k8s.gcr.io/kube-controller-manager:v1.20.2",
        "k8s.gcr.io/kube-scheduler:v1.20.2", "k8s.gcr.io/kube-proxy:v1.20.2", "k8s.gcr.io/pause:3.2",
        "k8s.gcr.io/etcd:3.4.13-0", "k8s.gcr.io/coredns:1.7.0",
    ]

    public let path: FilePath

    /// - Parameters:
    ///   - listed: what kubeadm lists.
    ///   - architectures: of several, programs and images name theirs in their content.
    public init(
        _ path: FilePath, listed: [String] = UpstreamFolder.images, architectures: [CPUArchitecture] = [.amd64]
    ) async throws {
        self.path = path
        for architecture in architectures {
            let mark = architectures.count > 1 ? Self.mark(architecture) : ""
            try await writeArtifacts(for: architecture, mark: mark, listed: listed)
        }
        try await writeImages(architectures)
    }

    /// How content ends that is of one of several architectures.
    public static func mark(_ architecture: CPUArchitecture) -> String { " for \(architecture.rawValue)" }

    private func writeArtifacts(for architecture: CPUArchitecture, mark: String, listed: [String]) async throws {
        let plan = try Resolver(matrix: VersionMatrix.embedded()).resolve(
            BuildRequest(kubernetes: SemanticVersion(1, 20, 2), architecture: architecture))
        let bases = try BuiltInSources.load().bases
        for artifact in plan.artifacts {
            let place = try location(of: artifact, bases)
            try FileSystem.makeDirectories(place.removingLastComponent())
            switch artifact.name {
            case "kubeadm":
                try AtomicFile.write(Array(Self.kubeadm(for: architecture, listed: listed).utf8), to: place)
            case "containerd":
                try await archive(
                    ["bin/containerd", "bin/containerd-shim-runc-v2", "bin/ctr"], mark: mark, at: place)
            case "crictl": try await archive(["crictl"], mark: mark, at: place)
            case "cni-plugins": try await archive(["bridge", "host-local", "LICENSE"], mark: mark, at: place)
            default: try AtomicFile.write(Array("program \(artifact.name)\(mark)".utf8), to: place)
            }
            try publishChecksum(of: artifact, at: place)
        }
    }

    /// A script that fails elsewhere than on its own machine, as a program does.
    private static func kubeadm(for architecture: CPUArchitecture, listed: [String]) -> String {
        let machine =
            switch architecture {
            case .amd64: "x86_64"
            case .arm64: "aarch64"
            }
        return """
            #!/bin/sh
            [ "$(uname -m)" = \(machine) ] || exit 126
            printf '%s\\n' \(listed.joined(separator: " "))

            """
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
        let file = place.removingLastComponent().appending(String(checksum.split(separator: "/").last ?? ""))
        // runc has one file for all architectures.
        let others = try (FileSystem.text(file) ?? "").split(separator: "\n").map(String.init)
            .filter { !$0.hasSuffix("  \(artifact.fileName)") }
        let digest = try SHA256Hasher.hash(file: place)
        let lines = others + ["\(digest.hex)  \(artifact.fileName)"]
        try AtomicFile.write(Array(lines.map { "\($0)\n" }.joined().utf8), to: file)
    }

    public func location(of artifact: PlannedArtifact, _ bases: [String: String]) throws -> FilePath {
        let provider = FolderArtifacts(folder: path, bases: bases)
        return path.pushing(FilePath(String(try provider.location(of: artifact).dropFirst("file:".count))))
    }

    /// By the real tar, with a leading `./` as upstream's CNI archive has.
    private func archive(_ members: [String], mark: String, at place: FilePath) async throws {
        try await archive(
            Dictionary(uniqueKeysWithValues: members.map { ($0, Array("program \($0)\(mark)".utf8)) }), at: place)
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
    private func writeImages(_ architectures: [CPUArchitecture]) async throws {
        let layout = try SampleLayout(path.appending("images"))
        let base = SampleLayer("base", "the same for all", .gzip)
        for (number, name) in Self.images.enumerated() {
            let form = OCIMediaType.LayerCompression.allCases[number % 3]
            if architectures.count > 1 {
                let images = architectures.map { architecture in
                    let own = SampleLayer("own", "layer of \(name)\(Self.mark(architecture))", form)
                    return (architecture: architecture, layers: [base, own])
                }
                try await layout.add(name, forEach: images)
            } else {
                try await layout.add(name, [base, SampleLayer("own", "layer of \(name)", form)])
            }
        }
    }
}

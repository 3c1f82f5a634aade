public import BundleModel
public import Host
public import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// Asks a fetched kubeadm itself which images it will want, with no network in reach.
public struct KubeadmImageLister: Sendable {
    private let runner: any ProcessRunner

    public init(runner: any ProcessRunner) {
        self.runner = runner
    }

    /// Runs `kubeadm config images list` in an empty network namespace.
    ///
    /// - Parameter kubeadm: an executable file for this machine's architecture.
    /// - Throws: `BundleBuildError.badImageList`, `HostError`.
    public func list(kubeadm: FilePath, version: SemanticVersion) async throws -> [ImageReference] {
        // Without root a user namespace of its own gives the right to the network namespace.
        let namespaces = geteuid() == 0 ? ["--net"] : ["--map-root-user", "--net"]
        let result = try await runner.require(
            Command(
                "unshare",
                namespaces + [kubeadm.string, "config", "images", "list", "--kubernetes-version", version.tag]))
        return try Self.parse(result.standardOutput)
    }

    /// One reference a line.
    public static func parse(_ output: String) throws(BundleBuildError) -> [ImageReference] {
        var images: [ImageReference] = []
        for line in output.split(whereSeparator: \.isNewline) {
            let text = line.filter { $0 != " " && $0 != "\t" }
            guard !text.isEmpty else { continue }
            do { images.append(try ImageReference(text)) } catch { throw .badImageList(reason: "line '\(line)'") }
        }
        guard !images.isEmpty else { throw .badImageList(reason: "it is empty") }
        return images
    }

    /// Compares with what the matrix has seen; the order does not matter.
    ///
    /// - Throws: `BundleBuildError.imageListMismatch` naming both sides.
    public static func crossCheck(
        _ listed: [ImageReference], matrix expected: [ImageReference], kubernetes: SemanticVersion
    ) throws(BundleBuildError) {
        guard Set(listed) != Set(expected) else { return }
        throw .imageListMismatch(
            kubernetes: kubernetes, kubeadm: listed.map(\.description).sorted(),
            matrix: expected.map(\.description).sorted())
    }
}

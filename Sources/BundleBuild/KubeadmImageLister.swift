public import BundleModel
public import Host
public import SystemPackage

/// Asks a fetched kubeadm itself which images it will want, with no network in reach.
public struct KubeadmImageLister: Sendable {
    private let runner: any ProcessRunner

    public init(runner: any ProcessRunner) {
        self.runner = runner
    }

    /// Runs `kubeadm config images list`, which asks nobody for a version that it is given.
    ///
    /// - Parameter kubeadm: an executable file for this machine's architecture.
    /// - Returns: the images, and what is to be said of how it ran.
    /// - Throws: `BundleBuildError.badImageList`, `HostError`.
    public func list(
        kubeadm: FilePath, version: SemanticVersion
    ) async throws -> (images: [ImageReference], note: String?) {
        let isolation = try await NetworkIsolation(runner)
        let result = try await runner.require(
            isolation.command([kubeadm.string, "config", "images", "list", "--kubernetes-version", version.tag]))
        return (try Self.parse(result.standardOutput), isolation.note(on: "kubeadm"))
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

public import ArgumentParser
import BundleBuild
public import BundleModel

/// What goes into a bundle.
struct VersionOptions: ParsableArguments {
    @Option(name: .customLong("k8s"), help: ArgumentHelp("Kubernetes version, such as v1.33.6.", valueName: "version"))
    var kubernetes: String?

    @Option(help: ArgumentHelp("containerd version. Default: by the matrix.", valueName: "version"))
    var containerd: String?

    @Option(help: ArgumentHelp("runc version. Default: the one containerd was released with.", valueName: "version"))
    var runc: String?

    @Option(help: ArgumentHelp("CNI plugins version. Default: by the matrix.", valueName: "version"))
    var cniPlugins: String?

    @Option(help: ArgumentHelp("crictl version. Default: by the matrix.", valueName: "version"))
    var crictl: String?

    @Option(
        help: ArgumentHelp("Pod network: bridge (the default), calico, calico@VERSION or none.", valueName: "network"))
    var cni: String?

    @Option(help: ArgumentHelp("Processor architecture: amd64 (the default) or arm64.", valueName: "arch"))
    var arch: CPUArchitecture?

    @Option(help: ArgumentHelp("Add host packages for an OS release: debian-12. Repeatable.", valueName: "os"))
    var os: [String] = []

    @Option(help: ArgumentHelp("Add an image. Repeatable.", valueName: "reference"))
    var image: [String] = []

    @Option(
        help: ArgumentHelp(
            "Keep an image's layers as they were published, to serve or push it on. Larger. Repeatable.",
            valueName: "reference"))
    var originalLayers: [String] = []

    @Flag(help: "Let combinations pass that upstream has not tested.")
    var allowUntested = false

    /// The options besides `--k8s` that were given: with a lock they would say nothing, or something else.
    var given: [String] {
        [
            ("--containerd", containerd != nil), ("--runc", runc != nil), ("--cni-plugins", cniPlugins != nil),
            ("--crictl", crictl != nil), ("--cni", cni != nil), ("--arch", arch != nil), ("--os", !os.isEmpty),
            ("--image", !image.isEmpty), ("--original-layers", !originalLayers.isEmpty),
            ("--allow-untested", allowUntested),
        ].filter(\.1).map(\.0)
    }

    /// - Throws: what is wrong with a version or name.
    func request() throws -> BuildRequest {
        guard let kubernetes else { throw ValidationError("--k8s VERSION is needed, such as --k8s v1.33.6") }
        return BuildRequest(
            kubernetes: try SemanticVersion(kubernetes), architecture: arch ?? .amd64,
            containerd: try containerd.map { try SemanticVersion($0) }, runc: try runc.map { try SemanticVersion($0) },
            cniPlugins: try cniPlugins.map { try SemanticVersion($0) },
            crictl: try crictl.map { try SemanticVersion($0) }, cni: try cni.map(CNIChoice.init) ?? .bridge,
            osReleases: os,
            extraImages: try image.map { try ImageReference($0) },
            originalLayers: try originalLayers.map { try ImageReference($0) }, allowUntested: allowUntested)
    }
}

extension CPUArchitecture: ExpressibleByArgument {}

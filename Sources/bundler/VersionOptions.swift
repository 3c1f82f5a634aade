import ArgumentParser
import BundleBuild
import BundleModel
import SystemPackage

/// What goes into a bundle.
struct VersionOptions: ParsableArguments {
    @Option(
        name: [.customShort("f"), .customLong("file")],
        help: ArgumentHelp(
            "Bundle file with all of this; options override it. 'bundler init' writes one.", valueName: "file"),
        completion: .file())
    var file: String?

    @Option(
        name: .customLong("k8s"),
        help: ArgumentHelp(
            "Kubernetes version: v1.33.6, v1.33 for its newest patch, or stable.", valueName: "version"))
    var kubernetes: String?

    @Option(
        help: ArgumentHelp("containerd version, line or stable. Default: by the matrix.", valueName: "version"))
    var containerd: String?

    @Option(
        help: ArgumentHelp(
            "runc version, line or stable. Default: the one containerd was released with.", valueName: "version"))
    var runc: String?

    @Option(help: ArgumentHelp("CNI plugins version or line. Default: by the matrix.", valueName: "version"))
    var cniPlugins: String?

    @Option(help: ArgumentHelp("crictl version or line. Default: by the matrix.", valueName: "version"))
    var crictl: String?

    @Option(
        help: ArgumentHelp(
            "Pod network: bridge (the default), none, calico, cilium or flannel; the last three also as NAME@VERSION "
                + "or NAME@LINE.", valueName: "network"))
    var cni: String?

    @Option(
        help: ArgumentHelp(
            "Add-on: NAME, NAME@VERSION or NAME@LINE; 'bundler matrix' lists them. Repeatable.", valueName: "add-on"))
    var addon: [String] = []

    @Option(
        help: ArgumentHelp(
            "Processor architectures: amd64 (the default), arm64, or both with a comma: a bundle each.",
            valueName: "list"))
    var arch: [String] = []

    @Option(
        help: ArgumentHelp(
            "Add host packages for OS releases, such as debian-12,ubuntu-22.04. Repeatable.", valueName: "list"))
    var os: [String] = []

    @Option(help: ArgumentHelp("Add an image. Repeatable.", valueName: "reference"))
    var image: [String] = []

    @Option(
        help: ArgumentHelp("Add the images that a file lists, one a line. Repeatable.", valueName: "file"),
        completion: .file())
    var imageList: [String] = []

    @Option(
        help: ArgumentHelp(
            "Add a Kubernetes manifest with its images; the first master applies it. Repeatable.", valueName: "file"),
        completion: .file())
    var manifest: [String] = []

    @Option(
        help: ArgumentHelp(
            "Keep an image's layers as they were published, to serve or push it on. Larger. Repeatable.",
            valueName: "reference"))
    var originalLayers: [String] = []

    @Flag(help: "Let combinations pass that upstream has not tested.")
    var allowUntested = false

    func validate() throws {
        for name in Self.items(arch) where CPUArchitecture(rawValue: name) == nil {
            throw ValidationError("--arch \(name): expected amd64, arm64 or both with a comma")
        }
    }

    /// Whether a request is made at all, by a version or by a file.
    var isGiven: Bool { kubernetes != nil || file != nil }

    /// The options besides `--k8s` and `--file` that were given: with a lock they would say nothing, or something else.
    var given: [String] {
        [
            ("--containerd", containerd != nil), ("--runc", runc != nil), ("--cni-plugins", cniPlugins != nil),
            ("--crictl", crictl != nil), ("--cni", cni != nil), ("--addon", !addon.isEmpty),
            ("--arch", !arch.isEmpty), ("--os", !os.isEmpty), ("--image", !image.isEmpty),
            ("--image-list", !imageList.isEmpty), ("--manifest", !manifest.isEmpty),
            ("--original-layers", !originalLayers.isEmpty), ("--allow-untested", allowUntested),
        ].filter(\.1).map(\.0)
    }

    /// The bundle file, if there is one, with the options over it.
    ///
    /// - Throws: what is wrong with the file, a version or a name.
    func wanted() throws -> RequestFile {
        let base = try file.map { try RequestFile(reading: FilePath($0)) } ?? RequestFile()
        return base.overridden(by: try said())
    }

    /// One request for each architecture, by their names.
    ///
    /// - Throws: what is wrong with the file, a version or a name.
    func requests() throws -> [BuildRequest] {
        let wanted = try wanted()
        guard wanted.kubernetes != nil else {
            throw ValidationError("--k8s VERSION is needed, such as --k8s v1.33.6, or 'kubernetes:' in a --file")
        }
        return try wanted.requests(VersionMatrix.embedded())
    }

    private func said() throws -> RequestFile {
        var said = RequestFile()
        said.kubernetes = try kubernetes.map { try VersionSelector($0) }
        said.containerd = try containerd.map { try VersionSelector($0) }
        said.runc = try runc.map { try VersionSelector($0) }
        said.cniPlugins = try cniPlugins.map { try VersionSelector($0) }
        said.crictl = try crictl.map { try VersionSelector($0) }
        said.network = try cni.map { try CNIChoice($0) }
        said.addOns = try addon.map { try AddOnChoice($0) }
        said.architectures = try Self.items(arch).map { try CPUArchitecture(named: $0) }
        said.osReleases = Self.items(os)
        said.images = try image.map { try ImageReference($0) }
        said.imageLists = imageList
        said.manifests = try manifest.map { try PlannedManifest(file: $0) }
        said.originalLayers = try originalLayers.map { try ImageReference($0) }
        said.allowUntested = allowUntested
        return said
    }

    /// Options that take a list take it with commas or repeated.
    private static func items(_ values: [String]) -> [String] {
        values.flatMap { $0.split(separator: ",").map(String.init) }
    }
}

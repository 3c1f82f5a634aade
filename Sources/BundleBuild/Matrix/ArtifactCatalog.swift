import BundleModel

/// The artifacts that a bundle is made of, as upstreams publish them.
public enum ArtifactCatalog {
    public static let kubernetes: [ArtifactDefinition] = ["kubeadm", "kubectl", "kubelet"].map { name in
        ArtifactDefinition(
            name: name, kind: .binary, source: "kubernetes",
            path: "release/v{version}/bin/linux/{arch}/\(name)",
            checksum: "release/v{version}/bin/linux/{arch}/\(name).sha256",
            license: apache, placement: .file("usr/local/bin/\(name)", mode: 0o755))
    }

    public static let containerd = ArtifactDefinition(
        name: "containerd", kind: .archive, source: "containerd",
        path: "v{version}/containerd-{version}-linux-{arch}.tar.gz",
        checksum: "v{version}/containerd-{version}-linux-{arch}.tar.gz.sha256sum",
        license: apache,
        placement: .members([
            "bin/containerd": "usr/local/bin/containerd",
            "bin/containerd-shim-runc-v2": "usr/local/bin/containerd-shim-runc-v2",
            "bin/ctr": "usr/local/bin/ctr",
        ]))

    public static let runc = ArtifactDefinition(
        name: "runc", kind: .binary, source: "runc", path: "v{version}/runc.{arch}",
        checksum: "v{version}/runc.sha256sum", license: apache,
        placement: .file("usr/local/bin/runc", mode: 0o755))

    public static let cniPlugins = ArtifactDefinition(
        name: "cni-plugins", kind: .archive, source: "cniPlugins",
        path: "v{version}/cni-plugins-linux-{arch}-v{version}.tgz",
        checksum: "v{version}/cni-plugins-linux-{arch}-v{version}.tgz.sha256",
        license: apache, placement: .programs(folder: "opt/cni/bin"))

    public static let crictl = ArtifactDefinition(
        name: "crictl", kind: .archive, source: "crictl",
        path: "v{version}/crictl-v{version}-linux-{arch}.tar.gz",
        checksum: "v{version}/crictl-v{version}-linux-{arch}.tar.gz.sha256",
        license: apache, placement: .members(["crictl": "usr/local/bin/crictl"]))

    /// Where manifests lie, under the node's root.
    public static let manifestFolder = "usr/local/share/kubeferry/manifests"
    public static let calicoManifest = "\(manifestFolder)/calico.yaml"

    /// Calico's project publishes no checksum of its manifests: the lock pins what was fetched.
    public static let calico = ArtifactDefinition(
        name: "calico", kind: .manifest, source: "calico", path: "v{version}/manifests/calico.yaml", checksum: nil,
        license: apache, placement: .file(calicoManifest, mode: 0o644))

    public static let all: [ArtifactDefinition] =
        kubernetes + [containerd, runc, cniPlugins, crictl, calico]

    /// One of these, or one of an add-on.
    ///
    /// - Throws: `BundleBuildError.unreadable` when the embedded add-ons do not parse.
    public static func definition(named name: String) throws(BundleBuildError) -> ArtifactDefinition? {
        if let known = all.first(where: { $0.name == name }) { return known }
        return try AddOnCatalog.embedded().artifact(named: name)
    }

    /// - Throws: `BundleBuildError.missing` where there is none of that name, else as `definition`.
    static func required(_ name: String) throws(BundleBuildError) -> ArtifactDefinition {
        guard let definition = try definition(named: name) else {
            throw .missing(name, lookedIn: "the artifact catalog")
        }
        return definition
    }

    private static let apache = "Apache-2.0"
}

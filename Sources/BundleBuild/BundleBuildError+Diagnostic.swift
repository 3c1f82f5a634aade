public import BundleModel

extension BundleBuildError: Diagnostic {
    public var category: DiagnosticCategory {
        switch self {
        case .unknownVersion, .unknownSelection, .unknownAddOnVersion: .unknownVersion
        case .incompatible: .incompatibleVersions
        case .badOption, .unknownAddOn, .unreadable, .badHead, .badChart, .lockMismatch, .exists, .packageConflict:
            .invalidInput
        case .imageListMismatch, .badImageList, .wrongChecksum, .badChecksumSignature, .badImage, .badArchive,
            .badPackage:
            .upstreamMismatch
        case .missing, .unknownImages, .incomplete: .missingArtifact
        case .isDelta: .baseMissing
        case .noSpace: .noSpace
        }
    }

    public var message: String {
        switch self {
        case .unknownVersion(let component, let version, _): "the version matrix does not know \(component) \(version)"
        case .unknownSelection(let component, let selection, _):
            "the version matrix has no \(component) for '\(selection)'"
        case .unknownAddOn(let name, _): "no add-on is named '\(name)'"
        case .unknownAddOnVersion(let name, let version, _): "no version '\(version)' of \(name) is known"
        case .incompatible(let rule, let reason, let source): "rule \(rule.rawValue): \(reason) (source: \(source))"
        case .badOption(let name, let value, let expected): "\(name) '\(value)': expected \(expected)"
        case .imageListMismatch(let version, let kubeadm, let matrix):
            "kubeadm \(version) lists \(Self.difference(kubeadm, matrix)), the matrix expects "
                + Self.difference(matrix, kubeadm)
        case .badImageList(let reason): "kubeadm's image list cannot be read: \(reason)"
        case .unknownImages(let version, let architecture, let host, let reason):
            "nobody tells the images of Kubernetes \(version) for \(architecture.rawValue): the matrix has not seen "
                + "them, and the kubeadm to ask here, for \(host.rawValue), is not to be had: \(reason)"
        case .missing(let what, let place): "\(what) is not in \(place)"
        case .wrongChecksum(let name, let expected, let actual):
            "\(name): content is \(actual), expected was \(expected)"
        case .badChecksumSignature(let source, let reason): "the checksum file \(source) \(reason)"
        case .badImage(let image, let reason): "\(image): \(reason)"
        case .badChart(let name, let reason): "chart \(name): \(reason)"
        case .incomplete(let gaps):
            "the bundle would lack \(gaps.count == 1 ? "something" : "\(gaps.count) things"):\n"
                + gaps.map { "  \($0)" }.joined(separator: "\n")
        case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
        case .badHead(let path, let reason): "\(path) cannot be the head of a bundle: \(reason)"
        case .lockMismatch(let differences): "the lock cannot be kept: " + differences.joined(separator: "; ")
        case .badArchive(let url, let reason): "\(url) \(reason)"
        case .badPackage(let source, let reason): "\(source): \(reason)"
        case .packageConflict(let one, let other, let reason): "\(one) and \(other) do not go together: \(reason)"
        case .isDelta(let path, let base): "\(path) is a delta, which lacks what its base has: \(base.text)"
        case .noSpace(let path, let needed, let free):
            "\(path) has \(free / 1_000_000) MB free, \(needed / 1_000_000) MB are needed"
        case .exists(let path): "\(path) exists already"
        }
    }

    public var hint: String {
        switch self {
        case .unknownVersion(_, _, let nearest):
            nearest.isEmpty
                ? "'bundler matrix' lists the known versions"
                : "the nearest known versions are \(nearest.map(\.description).joined(separator: ", "))"
        case .unknownSelection(_, _, let known), .unknownAddOn(_, let known), .unknownAddOnVersion(_, _, let known):
            known.isEmpty ? "'bundler matrix' lists what is known" : "known are \(known.joined(separator: ", "))"
        case .incompatible(let rule, _, _):
            rule.canBeAllowed
                ? "choose another version ('bundler matrix' lists them), or add --allow-untested"
                : "choose another version or release; no option allows this one"
        case .imageListMismatch: "correct bundle-spec/matrix.json, or find out why this kubeadm differs"
        case .badImageList: "run 'kubeadm config images list' by hand"
        case .unknownImages(let version, let architecture, let host, _):
            "put kubeadm \(version) for \(host.rawValue) where the other files come from (offline: run once with a "
                + "network), or make this bundle on \(architecture.rawValue)"
        case .missing: "check the name, or fetch it from its source"
        case .wrongChecksum: "remove the file and fetch it again; do not use it as it is"
        case .badChecksumSignature: "see whether the keyring of --checksum-keyring has that upstream's current keys"
        case .badImage: "pull the image anew from where it was published; a bundle cannot have it as it is"
        case .badChart:
            "choose a chart for this Kubernetes, correct its values, or render it yourself and give it as a manifest"
        case .incomplete: "correct the names, or add where the images are: a mirror, a layout or an archive"
        case .badHead: "build it with 'make static' and give it as --node-install PATH"
        case .lockMismatch: "use what the lock was made with, or make a new bundle without --locked"
        case .badArchive:
            "try another mirror; name its keys with --apt-keyring; for an archive of the past use --apt-snapshot"
        case .badPackage: "do not use it; try another mirror, and tell who runs this one"
        case .packageConflict: "choose one of them, or other archives with --apt-source"
        case .isDelta: "take the whole bundle"
        case .noSpace: "free space there, or give other places with --output and --cache"
        case .exists: "move it away or choose another name"
        case .badOption: "correct it; --help lists the options"
        case .unreadable: "correct the file, or get it anew from where it came"
        }
    }

    /// What one list has and the other lacks.
    private static func difference(_ list: [String], _ other: [String]) -> String {
        let only = list.filter { !other.contains($0) }
        return only.isEmpty ? "nothing else" : only.joined(separator: ", ")
    }
}

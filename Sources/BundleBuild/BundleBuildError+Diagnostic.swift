public import BundleModel

extension BundleBuildError: Diagnostic {
    public var category: DiagnosticCategory {
        switch self {
        case .unknownVersion: .unknownVersion
        case .incompatible: .incompatibleVersions
        case .badOption, .unreadable, .badHead, .lockMismatch, .exists, .packageConflict: .invalidInput
        case .imageListMismatch, .badImageList, .wrongChecksum, .badImage, .badArchive, .badPackage: .upstreamMismatch
        case .missing: .missingArtifact
        case .noSpace: .noSpace
        }
    }

    public var message: String {
        switch self {
        case .unknownVersion(let component, let version, _): "the version matrix does not know \(component) \(version)"
        case .incompatible(let rule, let reason, let source): "rule \(rule.rawValue): \(reason) (source: \(source))"
        case .badOption(let name, let value, let expected): "\(name) '\(value)': expected \(expected)"
        case .imageListMismatch(let version, let kubeadm, let matrix):
            "kubeadm \(version) lists \(Self.difference(kubeadm, matrix)), the matrix expects "
                + Self.difference(matrix, kubeadm)
        case .badImageList(let reason): "kubeadm's image list cannot be read: \(reason)"
        case .missing(let what, let place): "\(what) is not in \(place)"
        case .wrongChecksum(let name, let expected, let actual):
            "\(name): content is \(actual), expected was \(expected)"
        case .badImage(let image, let reason): "\(image): \(reason)"
        case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
        case .badHead(let path, let reason): "\(path) cannot be the head of a bundle: \(reason)"
        case .lockMismatch(let differences): "the lock cannot be kept: " + differences.joined(separator: "; ")
        case .badArchive(let url, let reason): "\(url) \(reason)"
        case .badPackage(let source, let reason): "\(source): \(reason)"
        case .packageConflict(let one, let other, let reason): "\(one) and \(other) do not go together: \(reason)"
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
        case .incompatible(let rule, _, _):
            rule.canBeAllowed
                ? "choose another version ('bundler matrix' lists them), or add --allow-untested"
                : "choose another version or release; no option allows this one"
        case .imageListMismatch: "correct bundle-spec/matrix.json, or find out why this kubeadm differs"
        case .badImageList: "run 'kubeadm config images list' by hand; it needs unshare from util-linux"
        case .missing: "check the name, or fetch it from its source"
        case .wrongChecksum: "remove the file and fetch it again; do not use it as it is"
        case .badImage: "pull the image anew from where it was published; a bundle cannot have it as it is"
        case .badHead: "build it with 'make static' and give it as --node-install PATH"
        case .lockMismatch: "use the tools and parameters of the lock, or make a new bundle without --locked"
        case .badArchive:
            "try another mirror; name its keys with --apt-keyring; for an archive of the past use --apt-snapshot"
        case .badPackage: "do not use it; try another mirror, and tell who runs this one"
        case .packageConflict: "choose one of them, or other archives with --apt-source"
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

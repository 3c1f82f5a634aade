import BundleBuild
import BundleModel
import CLISupport

extension PlanReport {
    /// What a person reads.
    var text: String {
        var table = TextTable(["ARTIFACT", "VERSION", "SIZE", "LICENCE", "CHECKSUM", "SOURCE"])
        for line in artifacts {
            table.add([
                line.name, line.version, Self.text(line.size), line.license,
                line.hasPublishedChecksum ? "published" : "none", line.source,
            ])
        }
        var imageTable = TextTable(["IMAGE", "SIZE", "LICENCE", "NODES", "LAYERS", "LISTED BY", "SOURCE"])
        for line in images {
            imageTable.add([
                line.reference, Self.text(line.size), line.license ?? "?",
                line.roles.map(\.rawValue).joined(separator: ","), line.layers.rawValue, line.listedBy, line.source,
            ])
        }
        let head =
            "Kubernetes \(release.kubernetes), containerd \(release.containerd), runc \(release.runc), "
            + "network \(release.cni.kind.rawValue), \(architecture.rawValue): \(status.rawValue)\n\n"
        return head + table.text + "\n" + imageTable.text + addOnText + packageText + "\n" + totalText + unknownText
            + "note: the control plane's images are the matrix's; 'make' takes the list of the fetched kubeadm itself\n"
            + notes.map { "note: \($0)\n" }.joined()
    }

    private var addOnText: String {
        guard !addOns.isEmpty else { return "" }
        var table = TextTable(["ADD-ON", "VERSION", "LICENCE", "APPLIED"])
        for line in addOns {
            let applied = line.manifests.isEmpty ? "nothing" : line.manifests.joined(separator: " ")
            table.add([line.name, line.version, line.license ?? "?", applied])
        }
        return "\n" + table.text
    }

    private var packageText: String {
        guard !packages.isEmpty else { return "" }
        var table = TextTable(["PACKAGE", "VERSION", "SIZE", "LICENCE", "FOR", "SOURCE"])
        for line in packages { table.add([line.name, "?", "?", line.license, line.osRelease, line.source]) }
        return "\n" + table.text
    }

    private var totalText: String {
        let sum = ByteCount.text(total.knownSize)
        let size =
            switch total.unknown {
            case 0: sum
            case total.artifacts + total.images: "no size known"
            default: "at least \(sum), \(total.unknown) sizes unknown"
            }
        let more = packages.isEmpty ? "" : ", without host packages"
        return "total: \(total.artifacts) artifacts and \(total.images) images, \(size)\(more)\n\n"
    }

    /// Who is of unknown size, by reason: one upstream that does not answer is one line.
    private var unknownText: String {
        var reasons: [(reason: String, names: [String])] = []
        let lines = artifacts.map { ($0.name, $0.sizeUnknown) } + images.map { ($0.reference, $0.sizeUnknown) }
        for case (let name, let reason?) in lines {
            if let known = reasons.firstIndex(where: { $0.reason == reason }) {
                reasons[known].names.append(name)
            } else {
                reasons.append((reason, [name]))
            }
        }
        if !packages.isEmpty {
            reasons.append(("'make' reads the package archive's index", ["host packages and what they need"]))
        }
        return reasons.map { "size unknown (\($0.reason)): \($0.names.joined(separator: ", "))\n" }.joined()
    }

    private static func text(_ size: UInt64?) -> String { size.map(ByteCount.text) ?? "?" }
}

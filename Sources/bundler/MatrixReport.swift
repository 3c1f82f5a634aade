import BundleBuild
import BundleModel

/// `matrix --format json`: one row for each release line.
struct MatrixReport: Codable {
    struct Row: Codable {
        /// `kubernetes`, `containerd`, `calico`
        var component: String
        var line: String
        var first: String
        var latest: String
        /// Of the best-tested version of the line.
        var status: TestStatus
        /// Versions that are run here.
        var runHere: [String]
        var goesWith: String
        var unverified: [String]
    }

    var schemaVersion = 1
    var rows: [Row]

    init(_ matrix: VersionMatrix) {
        let kubernetes = matrix.kubernetes.map { line in
            let minimums = line.containerdMinimums.map { "\($0)+" }.joined(separator: " ")
            return Row(
                component: "kubernetes", line: line.line, first: "\(line.line).\(line.firstPatch)",
                latest: "\(line.line).\(line.latestPatch)", status: line.status,
                runHere: line.status == .runHere ? ["\(line.line).\(line.latestPatch)"] : [],
                goesWith: "containerd \(minimums), kubeadm \(line.kubeadmAPI.rawValue)", unverified: line.unverified)
        }
        let containerd = matrix.containerd.map { line in
            Row(
                component: "containerd", line: line.line, first: "\(line.line).0",
                latest: "\(line.line).\(line.latestPatch)", status: line.status,
                runHere: line.runHere.map(\.description),
                goesWith: "runc \(line.recommendedRunc(patch: line.latestPatch)?.description ?? "?"), "
                    + "config version \(line.configVersion), supported until \(line.supportedUntil)",
                unverified: line.unverified)
        }
        let calico = matrix.calico.map { line in
            Row(
                component: "calico", line: line.line, first: line.releases.map(\.version).min()?.description ?? "",
                latest: line.releases.map(\.version).max()?.description ?? "", status: line.status, runHere: [],
                goesWith: "Kubernetes \(line.testedKubernetes.joined(separator: " "))", unverified: line.unverified)
        }
        rows = kubernetes + containerd + calico
    }
}

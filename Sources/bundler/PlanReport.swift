import BundleBuild
import BundleModel

/// `plan --format json`.
struct PlanReport: Codable {
    struct ArtifactLine: Codable {
        var name: String
        var version: String
        var license: String
        /// Where it would come from.
        var source: String
        /// False where upstream publishes no checksum.
        var hasPublishedChecksum: Bool
    }

    struct ImageLine: Codable {
        var reference: String
        var roles: [NodeRole]
        var source: String
    }

    var schemaVersion = 1
    var architecture: CPUArchitecture
    var status: TestStatus
    var release: Release
    var artifacts: [ArtifactLine]
    var images: [ImageLine]
    var osReleases: [String]
    var notes: [String]

    init(_ plan: BuildPlan, sources: SourceOptions) throws {
        architecture = plan.architecture
        status = plan.status
        release = plan.release
        artifacts = try plan.artifacts.map {
            ArtifactLine(
                name: $0.name, version: $0.version.description, license: $0.license,
                source: try sources.location(of: $0), hasPublishedChecksum: $0.checksumPath != nil)
        }
        images = try plan.images.map {
            ImageLine(
                reference: $0.reference.description, roles: $0.roles,
                source: try sources.location(of: $0.reference))
        }
        osReleases = plan.osReleases
        notes = plan.notes
    }

    var text: String {
        var table = TextTable(["ARTIFACT", "VERSION", "LICENCE", "CHECKSUM", "SOURCE"])
        for line in artifacts {
            table.add([
                line.name, line.version, line.license, line.hasPublishedChecksum ? "published" : "none", line.source,
            ])
        }
        var imageTable = TextTable(["IMAGE", "NODES", "SOURCE"])
        for line in images {
            imageTable.add([line.reference, line.roles.map(\.rawValue).joined(separator: ","), line.source])
        }
        let head =
            "Kubernetes \(release.kubernetes), containerd \(release.containerd), runc \(release.runc), "
            + "network \(release.cni.kind.rawValue), \(architecture.rawValue): \(status.rawValue)\n\n"
        let packages = osReleases.isEmpty ? "" : "\nhost packages for \(osReleases.joined(separator: ", "))\n"
        let remarks = notes.map { "note: \($0)\n" }.joined()
        return head + table.text + "\n" + imageTable.text + packages + (remarks.isEmpty ? "" : "\n" + remarks)
    }
}

public import BundleModel
import FoundationEssentials

/// What goes with what: bundle-spec/matrix.json, embedded. Pure look-ups; bundle-spec/README.md says what each field is.
public struct VersionMatrix: Codable, Hashable, Sendable {
    public static let currentSchemaVersion = 1

    public var schemaVersion: Int
    /// Short name to the document that a row was read from.
    public var sources: [String: String]
    /// SPDX expression of the main program of every image that a row names.
    public var imageLicense: String
    public var kubernetes: [KubernetesLine]
    public var containerd: [ContainerdLine]
    public var calico: [CalicoLine]
    /// Published versions, ascending.
    public var runc: [SemanticVersion]
    public var cniPlugins: [SemanticVersion]
    public var crictl: [SemanticVersion]
    /// From a file of its own: bundle-spec/add-ons.json.
    public var addOns = AddOnCatalog()

    private enum CodingKeys: String, CodingKey {
        case schemaVersion, sources, imageLicense, kubernetes, containerd, calico, runc, cniPlugins, crictl
    }

    /// The matrix that this bundler was built with.
    ///
    /// - Throws: `BundleBuildError.unreadable` when the embedded file does not parse.
    public static func embedded() throws(BundleBuildError) -> VersionMatrix {
        var matrix: VersionMatrix
        do {
            matrix = try CanonicalJSON.decode(VersionMatrix.self, from: Data(PackageResources.matrix_json))
        } catch {
            throw .unreadable(path: "the embedded version matrix", reason: CanonicalJSON.explanation(of: error))
        }
        matrix.addOns = try AddOnCatalog.embedded()
        return matrix
    }
}

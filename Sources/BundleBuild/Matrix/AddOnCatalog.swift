import BundleModel
import FoundationEssentials

/// What can be added to a bundle: bundle-spec/add-ons.json, embedded. bundle-spec/README.md says what each field is.
public struct AddOnCatalog: Codable, Hashable, Sendable {
    public static let currentSchemaVersion = 1
    /// The add-on whose program renders charts.
    public static let helm = "helm"

    public var schemaVersion: Int
    /// Short name to the document that a row was read from.
    public var sources: [String: String]
    public var addOns: [AddOnDefinition]

    public init(sources: [String: String] = [:], addOns: [AddOnDefinition] = []) {
        schemaVersion = Self.currentSchemaVersion
        self.sources = sources
        self.addOns = addOns
    }

    /// The add-ons that this bundler was built with.
    ///
    /// - Throws: `BundleBuildError.unreadable` when the embedded file does not parse.
    public static func embedded() throws(BundleBuildError) -> AddOnCatalog {
        do {
            return try CanonicalJSON.decode(AddOnCatalog.self, from: Data(PackageResources.add_ons_json))
        } catch {
            throw .unreadable(path: "the embedded add-ons", reason: CanonicalJSON.explanation(of: error))
        }
    }

    /// How an add-on's artifact is published and placed; nil for a name that no add-on has.
    public func artifact(named name: String) -> ArtifactDefinition? {
        addOns.lazy.flatMap(\.definitions).first { $0.name == name }
    }

    /// - Throws: `BundleBuildError.unknownAddOn`.
    public func addOn(named name: String) throws(BundleBuildError) -> AddOnDefinition {
        guard let known = addOns.first(where: { $0.name == name }) else {
            throw .unknownAddOn(name, known: addOns.map(\.name))
        }
        return known
    }
}

public import BundleModel
import Yams

/// Every image that a Kubernetes manifest names, by any `image:` key whose value is text.
public enum ManifestImages {
    /// - Parameters:
    ///   - yaml: one or more documents.
    ///   - path: for messages.
    /// - Returns: sorted, each once.
    /// - Throws: `BundleBuildError.unreadable` for text that is not YAML, `ImageReferenceError`.
    public static func list(in yaml: String, path: String) throws -> [ImageReference] {
        var found: Set<ImageReference> = []
        do {
            // The sequence ends at the first error and keeps it; a for loop would look at a copy.
            var documents = try Yams.compose_all(yaml: yaml)
            while let document = documents.next() { try collect(document, into: &found) }
            if let error = documents.error { throw error }
        } catch let error as YamlError {
            throw BundleBuildError.unreadable(path: path, reason: "\(error)")
        }
        return found.sorted { $0.description < $1.description }
    }

    private static func collect(_ node: Node, into found: inout Set<ImageReference>) throws {
        switch node {
        case .mapping(let mapping):
            for (key, value) in mapping {
                // A CRD's schema has properties called image: their value is a mapping, not text.
                if key.string == "image", case .scalar(let scalar) = value, !scalar.string.isEmpty {
                    found.insert(try ImageReference(scalar.string))
                } else {
                    try collect(value, into: &found)
                }
            }
        case .sequence(let sequence):
            for item in sequence { try collect(item, into: &found) }
        case .scalar, .alias:
            return
        }
    }
}

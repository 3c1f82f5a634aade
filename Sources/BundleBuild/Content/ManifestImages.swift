public import BundleModel
import Yams

/// Every image that a Kubernetes manifest names in plain text: docs/content.md says where it is looked for.
public enum ManifestImages {
    /// - Parameters:
    ///   - yaml: one or more documents.
    ///   - path: for messages.
    /// - Returns: sorted, each once.
    /// - Throws: `BundleBuildError.unreadable` for text that is not YAML, `ImageReferenceError`.
    public static func list(in yaml: String, path: String) throws -> [ImageReference] {
        var found: Set<ImageReference> = []
        var left = nodeLimit
        do {
            // The sequence ends at the first error and keeps it; a for loop would look at a copy.
            var documents = try Yams.compose_all(yaml: yaml)
            while let document = documents.next(), left > 0 { try collect(document, into: &found, &left) }
            if let error = documents.error { throw error }
        } catch let error as YamlError {
            throw BundleBuildError.unreadable(path: path, reason: "\(error)")
        }
        guard left > 0 else {
            throw BundleBuildError.unreadable(path: path, reason: "it has more than \(nodeLimit) values")
        }
        return found.sorted { $0.description < $1.description }
    }

    /// A few lines of aliases of aliases are more values than anybody can look at.
    private static let nodeLimit = 4_000_000

    private static func collect(_ node: Node, into found: inout Set<ImageReference>, _ left: inout Int) throws {
        guard left > 0 else { return }
        left -= 1
        switch node {
        case .mapping(let mapping):
            for (key, value) in mapping {
                switch (key.string, value) {
                // A CRD's schema has properties called image: their value is a mapping, not text.
                case ("image", .scalar(let scalar)):
                    if !scalar.isNull { found.insert(try ImageReference(scalar.string)) }
                case ("args", .sequence(let words)), ("command", .sequence(let words)):
                    found.formUnion(arguments(words.compactMap { $0.scalar?.string }))
                    try collect(value, into: &found, &left)
                case ("env", .sequence(let variables)):
                    found.formUnion(variables.compactMap(relatedImage))
                    try collect(value, into: &found, &left)
                default:
                    try collect(value, into: &found, &left)
                }
            }
        case .sequence(let sequence):
            for item in sequence { try collect(item, into: &found, &left) }
        case .scalar, .alias:
            return
        }
    }

    /// `--acme-http01-solver-image=REFERENCE`, `--image REFERENCE`: operators are told so what to make pods of.
    private static func arguments(_ words: [String]) -> [ImageReference] {
        words.indices.compactMap { index in
            let halves = words[index].split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = halves.first, name == "--image" || (name.hasPrefix("--") && name.hasSuffix("-image"))
            else { return nil }
            if halves.count == 2 { return reference(String(halves[1])) }
            return words.indices.contains(index + 1) ? reference(words[index + 1]) : nil
        }
    }

    /// By the Operator Framework's convention: `{name: RELATED_IMAGE_PROXY, value: REFERENCE}`.
    private static func relatedImage(_ variable: Node) -> ImageReference? {
        guard let name = variable["name"]?.scalar?.string, name.hasPrefix("RELATED_IMAGE_"),
            let value = variable["value"]?.scalar?.string
        else { return nil }
        return reference(value)
    }

    /// Text that can be nothing but an image's name: with a repository, a tag or a digest. `true` is none.
    private static func reference(_ text: String) -> ImageReference? {
        guard text.contains(where: { "/:@".contains($0) }) else { return nil }
        return try? ImageReference(text)
    }
}

extension Node.Scalar {
    /// YAML's null, which says that there is none.
    fileprivate var isNull: Bool {
        string.isEmpty || (style == .plain && ["~", "null", "Null", "NULL"].contains(string))
    }
}

import BundleModel
import Yams

/// Reads YAML into values, strictly: an unknown key, or a value of another kind, is refused with its line.
struct StrictYAML {
    /// For messages.
    let path: String

    /// - Returns: nil for a document without content.
    func document(_ text: String) throws(BundleBuildError) -> Node? {
        do {
            return try Yams.compose(yaml: text)
        } catch {
            throw .unreadable(path: path, reason: "\(error)")
        }
    }

    /// The values of a mapping by their keys; a key without a value is as good as none.
    func fields(_ node: Node, of what: String, known: [String]) throws(BundleBuildError) -> [String: Node] {
        let pairs = try self.pairs(node, of: what)
        if let (key, _) = pairs.first(where: { !known.contains($0.key.scalar?.string ?? "") }) {
            let name = key.scalar?.string ?? "that is no text"
            throw fault(key, "unknown key '\(name)' in \(what); known are \(known.joined(separator: ", "))")
        }
        var fields: [String: Node] = [:]
        for (key, value) in pairs where !Self.isNothing(value) { fields[key.scalar?.string ?? ""] = value }
        return fields
    }

    /// The pairs of a mapping in their order.
    func pairs(_ node: Node, of what: String) throws(BundleBuildError) -> [(key: Node, value: Node)] {
        guard case .mapping(let mapping) = node else { throw fault(node, "\(what): expected keys and values") }
        return mapping.map { (key: $0.key, value: $0.value) }
    }

    func list(_ node: Node, of what: String) throws(BundleBuildError) -> [Node] {
        guard case .sequence(let sequence) = node else { throw fault(node, "\(what): expected a list") }
        return Array(sequence)
    }

    /// Text as it is written, numbers and versions too.
    func text(_ node: Node, of what: String) throws(BundleBuildError) -> String {
        guard case .scalar(let scalar) = node, !Self.isNothing(node) else {
            throw fault(node, "\(what): expected text")
        }
        return scalar.string
    }

    func flag(_ node: Node, of what: String) throws(BundleBuildError) -> Bool {
        switch try text(node, of: what) {
        case "true": return true
        case "false": return false
        default: throw fault(node, "\(what): expected true or false")
        }
    }

    func texts(_ node: Node, of what: String) throws(BundleBuildError) -> [String] {
        var texts: [String] = []
        for item in try list(node, of: what) { texts.append(try text(item, of: what)) }
        return texts
    }

    /// A value that is written as text; what is wrong with the text comes with its line.
    func value<Value>(
        _ node: Node, of what: String, _ parse: (String) throws -> Value
    ) throws(BundleBuildError) -> Value {
        let text = try self.text(node, of: what)
        do {
            return try parse(text)
        } catch let error as any Diagnostic {
            throw fault(node, "\(what): \(error.message)")
        } catch {
            throw fault(node, "\(what): \(error)")
        }
    }

    func values<Value>(
        _ node: Node, of what: String, _ parse: (String) throws -> Value
    ) throws(BundleBuildError) -> [Value] {
        var values: [Value] = []
        for item in try list(node, of: what) { values.append(try value(item, of: what, parse)) }
        return values
    }

    func fault(_ node: Node, _ reason: String) -> BundleBuildError {
        let place = node.mark.map { "line \($0.line): " } ?? ""
        return .unreadable(path: path, reason: place + reason)
    }

    /// `key:` and nothing behind it, or YAML's own word for that.
    private static func isNothing(_ node: Node) -> Bool {
        guard case .scalar(let scalar) = node, scalar.style == .plain || scalar.style == .any else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }
}

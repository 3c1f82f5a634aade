import Yams

/// What helm renders, made into a manifest that kubectl can apply by itself.
///
/// helm keeps two things to itself: hooks, and the namespace of objects that name none. Every document keeps its own
/// lines; those with the namespace may come to them.
struct RenderedManifest {
    let text: String
    /// What a person should know, one line each.
    let notes: [String]

    init(text: String, notes: [String]) {
        self.text = text
        self.notes = notes
    }

    /// - Parameters:
    ///   - rendered: the output of `helm template`.
    ///   - namespace: a namespace's name; made by the manifest where it is not one of Kubernetes' own.
    ///   - name: of the chart, for messages.
    ///   - notes: on how it was rendered.
    /// - Throws: `BundleBuildError.badChart` for text that is not YAML.
    init(
        _ rendered: String, namespace: String, name: String, notes: [String] = []
    ) throws(BundleBuildError) {
        var kept: [String] = []
        var notes = notes
        var hasNamespace = Self.ownNamespaces.contains(namespace)
        for document in Self.documents(rendered) {
            guard let object = try Self.parse(document, name), object.mapping != nil else { continue }
            guard Self.isInstalled(object) else { continue }
            let lines = Self.lines(document)
            var insertions: Set<Insertion> = []
            for (kind, object) in Self.objects(of: object) {
                let objectName = object["metadata"]?["name"]?.scalar?.string ?? ""
                if kind == "Namespace", objectName == namespace { hasNamespace = true }
                guard object["metadata"]?["namespace"] == nil, !Self.clusterWide.contains(kind) else { continue }
                if let insertion = Self.insertion(for: object, in: lines) {
                    insertions.insert(insertion)
                } else {
                    notes.append("chart \(name): \(kind) \(objectName) goes to the namespace 'default'")
                }
            }
            kept.append(Self.placing(document, in: namespace, at: insertions))
        }
        if !hasNamespace {
            kept.insert("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: \(namespace)", at: 0)
        }
        text = kept.map { "---\n\($0)\n" }.joined()
        self.notes = notes
    }

    private static let ownNamespaces: Set<String> = ["default", "kube-system", "kube-public", "kube-node-lease"]

    /// Kinds of Kubernetes itself that have no namespace. For others the API server ignores one that it has no use for.
    private static let clusterWide: Set<String> = [
        "APIService", "CSIDriver", "CSINode", "CertificateSigningRequest", "ClusterRole", "ClusterRoleBinding",
        "CustomResourceDefinition", "FlowSchema", "IngressClass", "MutatingAdmissionPolicy",
        "MutatingAdmissionPolicyBinding", "MutatingWebhookConfiguration", "Namespace", "Node", "PersistentVolume",
        "PodSecurityPolicy", "PriorityClass", "PriorityLevelConfiguration", "RuntimeClass", "StorageClass",
        "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration",
        "VolumeAttachment",
    ]

    /// The text between lines that begin a document, without them.
    private static func documents(_ text: String) -> [String] {
        var documents: [[Substring]] = [[]]
        // By scalars: a carriage return and a line feed are one character.
        for line in text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.starts(with: "---".unicodeScalars),
                line.dropFirst(3).allSatisfy({ $0 == " " || $0 == "\t" || $0 == "\r" })
            {
                documents.append([])
            } else {
                documents[documents.count - 1].append(Substring(line.last == "\r" ? line.dropLast() : line))
            }
        }
        return documents.map { lines in
            var lines = lines[...]
            while lines.last?.isBlank == true { lines.removeLast() }
            return lines.joined(separator: "\n")
        }
    }

    private static func parse(_ document: String, _ name: String) throws(BundleBuildError) -> Node? {
        do {
            return try Yams.compose(yaml: document)
        } catch {
            throw .badChart(name, reason: "it renders to something that is not YAML: \(error)")
        }
    }

    /// Whether helm would make the object when it installs: not what only an upgrade, a deletion or a test makes.
    private static func isInstalled(_ object: Node) -> Bool {
        guard let hook = object["metadata"]?["annotations"]?["helm.sh/hook"]?.scalar?.string else { return true }
        return hook.split { $0 == "," || $0.isWhitespace }.contains { installingHooks.contains(String($0)) }
    }

    private static let installingHooks: Set<String> = ["crd-install", "pre-install", "post-install"]

    /// The objects of a document, with their kinds: of a list its items, as kubectl takes it. Items of a `ConfigMapList`
    /// need not say that they are a ConfigMap.
    private static func objects(of document: Node) -> [(kind: String, object: Node)] {
        let kind = document["kind"]?.scalar?.string ?? ""
        guard kind.hasSuffix(list), let items = document["items"]?.sequence else {
            return kind == list ? [] : [(kind, document)]
        }
        return items.filter { $0.mapping != nil }.map { item in
            (item["kind"]?.scalar?.string ?? String(kind.dropLast(list.count)), item)
        }
    }

    private static let list = "List"

    /// A line with the namespace that is to come into a document.
    private struct Insertion: Hashable {
        let place: String.Index
        let indentation: Int
    }

    /// Under the object's `metadata:`; nil where that is not a line of its own.
    private static func insertion(for object: Node, in lines: [Substring.UnicodeScalarView]) -> Insertion? {
        guard let (key, value) = object.mapping?.first(where: { $0.key.string == "metadata" }),
            let mark = key.mark, let first = value.mapping?.first?.key.mark,
            1...lines.count ~= mark.line, 1...lines.count ~= first.line, mark.line < first.line,
            mark.column < first.column
        else { return nil }
        let metadata = Substring(lines[mark.line - 1].dropFirst(mark.column - 1))
        guard metadata.hasPrefix("metadata:"), metadata.dropFirst("metadata:".count).isBlankOrComment,
            lines[mark.line..<first.line - 1].allSatisfy({ Substring($0).isBlankOrComment }),
            lines[first.line - 1].prefix(first.column - 1).allSatisfy({ $0 == " " })
        else { return nil }
        return Insertion(place: lines[mark.line].startIndex, indentation: first.column - 1)
    }

    /// As the parser counts them.
    private static func lines(_ document: String) -> [Substring.UnicodeScalarView] {
        document.unicodeScalars.split(omittingEmptySubsequences: false) { scalar in
            switch scalar {
            case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": true
            default: false
            }
        }
    }

    private static func placing(_ document: String, in namespace: String, at insertions: Set<Insertion>) -> String {
        var text = ""
        var rest = document[...]
        for insertion in insertions.sorted(by: { $0.place < $1.place }) {
            text += rest[..<insertion.place]
            text += "\(String(repeating: " ", count: insertion.indentation))namespace: \(namespace)\n"
            rest = rest[insertion.place...]
        }
        text += rest
        return text
    }
}

extension Substring {
    fileprivate var isBlank: Bool { allSatisfy(\.isWhitespace) }

    fileprivate var isBlankOrComment: Bool {
        let text = drop(while: \.isWhitespace)
        return text.isEmpty || text.hasPrefix("#")
    }
}

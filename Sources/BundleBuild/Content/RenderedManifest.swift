import Yams

/// What helm renders, made into a manifest that kubectl can apply by itself.
///
/// helm keeps two things to itself: hooks, and the namespace of objects that name none. Every document keeps its own
/// lines; one with the namespace may come to them.
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
            let kind = object["kind"]?.scalar?.string ?? ""
            let objectName = object["metadata"]?["name"]?.scalar?.string ?? ""
            if kind == "Namespace", objectName == namespace { hasNamespace = true }
            guard object["metadata"]?["namespace"] == nil, !Self.clusterWide.contains(kind) else {
                kept.append(document)
                continue
            }
            if let placed = Self.placing(document, in: namespace) {
                kept.append(placed)
            } else {
                notes.append("chart \(name): \(kind) \(objectName) goes to the namespace 'default'")
                kept.append(document)
            }
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
        "CustomResourceDefinition", "FlowSchema", "IngressClass", "List", "MutatingAdmissionPolicy",
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

    /// The document with a namespace under its `metadata:`; nil where that is not a line of its own.
    private static func placing(_ document: String, in namespace: String) -> String? {
        var lines = document.split(separator: "\n", omittingEmptySubsequences: false)
        guard
            let place = lines.firstIndex(where: { line in
                let rest = line.drop { !$0.isWhitespace && $0 != "#" }
                return line.hasPrefix("metadata:") && line.count - rest.count == "metadata:".count
                    && (rest.isBlank || rest.drop(while: \.isWhitespace).hasPrefix("#"))
            }),
            let first = lines[(place + 1)...].first(where: { line in
                !line.isBlank && !line.drop(while: \.isWhitespace).hasPrefix("#")
            })
        else { return nil }
        let indentation = first.prefix { $0 == " " }
        guard !indentation.isEmpty else { return nil }
        lines.insert(Substring("\(indentation)namespace: \(namespace)"), at: place + 1)
        return lines.joined(separator: "\n")
    }
}

extension Substring {
    fileprivate var isBlank: Bool { allSatisfy(\.isWhitespace) }
}

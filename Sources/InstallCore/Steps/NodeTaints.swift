/// The taints of a node that keep pods away from it.
///
/// Source: Kubernetes, "Taints and Tolerations"; `PreferNoSchedule` keeps nothing away.
struct NodeTaints {
    /// Set while a node is not Ready, and taken away a little after it is.
    static let notReady = "node.kubernetes.io/not-ready"

    private let taints: [JSONValue]

    /// - Parameter node: the node as the API server shows it.
    init(_ node: JSONValue) {
        taints = (node["spec"]?["taints"]?.elements ?? []).filter { $0["effect"]?.text != "PreferNoSchedule" }
    }

    func contains(_ key: String) -> Bool { taints.contains { $0["key"]?.text == key } }

    /// Whether a pod has a toleration for each of them.
    func areTolerated(by pod: JSONValue) -> Bool {
        let tolerations = pod["spec"]?["tolerations"]?.elements ?? []
        return taints.allSatisfy { taint in tolerations.contains { Self.matches($0, taint) } }
    }

    private static func matches(_ toleration: JSONValue, _ taint: JSONValue) -> Bool {
        if let effect = toleration["effect"]?.text, !effect.isEmpty, effect != taint["effect"]?.text { return false }
        let key = toleration["key"]?.text ?? ""
        guard toleration["operator"]?.text == "Exists" else {
            return key == taint["key"]?.text && (toleration["value"]?.text ?? "") == (taint["value"]?.text ?? "")
        }
        return key.isEmpty || key == taint["key"]?.text
    }
}

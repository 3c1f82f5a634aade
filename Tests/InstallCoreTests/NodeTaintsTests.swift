import Testing

@testable import InstallCore

struct NodeTaintsTests {
    private func node(_ effect: String = "NoSchedule") -> JSONValue {
        ["spec": ["taints": [["key": "node-role.kubernetes.io/master", "value": "v", "effect": .string(effect)]]]]
    }

    private func pod(_ toleration: JSONValue) -> JSONValue { ["spec": ["tolerations": [toleration]]] }

    @Test(
        arguments: [
            (["operator": "Exists"], true),
            (["operator": "Exists", "effect": "NoExecute"], false),
            (["key": "node-role.kubernetes.io/master", "operator": "Exists", "effect": "NoSchedule"], true),
            (["key": "node-role.kubernetes.io/master", "value": "v"], true),
            (["key": "node-role.kubernetes.io/master", "operator": "Equal", "value": "other"], false),
            (["key": "CriticalAddonsOnly", "operator": "Exists"], false),
        ] as [(JSONValue, Bool)])
    func aTolerationMatchesAsKubernetesSays(_ toleration: JSONValue, _ expected: Bool) {
        #expect(NodeTaints(node()).areTolerated(by: pod(toleration)) == expected)
    }

    @Test func aPreferenceKeepsNothingAway() {
        #expect(NodeTaints(node("PreferNoSchedule")).areTolerated(by: [:]))
        #expect(!NodeTaints(node()).areTolerated(by: [:]))
    }
}

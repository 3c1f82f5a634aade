/// Gives a role to all nodes.
struct AccessBinding: Encodable {
    struct Reference: Encodable {
        let apiGroup = "rbac.authorization.k8s.io"
        let kind: String
        let name: String
    }

    let apiVersion = "rbac.authorization.k8s.io/v1"
    let kind: String
    let metadata: AccessRole.Metadata
    let roleRef: Reference
    let subjects: [Reference]

    /// - Parameter role: the kind of the role of the same name.
    init(kind: String, name: String, namespace: String?, role: String) {
        self.kind = kind
        metadata = AccessRole.Metadata(name: name, namespace: namespace)
        roleRef = Reference(kind: role, name: name)
        subjects = [Reference(kind: "Group", name: "system:nodes")]
    }
}

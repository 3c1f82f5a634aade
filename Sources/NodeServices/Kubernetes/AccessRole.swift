/// A Role or ClusterRole with one rule on core resources.
struct AccessRole: Encodable {
    struct Metadata: Encodable {
        let name: String
        let namespace: String?
    }

    let apiVersion = "rbac.authorization.k8s.io/v1"
    let kind: String
    let metadata: Metadata
    let rules: [AccessRule]

    init(kind: String, name: String, namespace: String?, rule: AccessRule) {
        self.kind = kind
        metadata = Metadata(name: name, namespace: namespace)
        rules = [rule]
    }
}

/// What may be done with a core resource.
struct AccessRule: Encodable {
    let apiGroups = [""]
    let resources: [String]
    let resourceNames: [String]?
    let verbs: [String]

    init(resource: String, names: [String]?, verbs: [String]) {
        resources = [resource]
        resourceNames = names
        self.verbs = verbs
    }
}

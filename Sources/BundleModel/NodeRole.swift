/// What a node is for.
public enum NodeRole: String, Codable, CaseIterable, Sendable {
    /// Runs the control plane and etcd; Kubernetes calls it `control-plane`.
    case master
    case worker
}

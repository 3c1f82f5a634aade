public import BundleModel

/// What the node's services contribute; filled in by the command, since this module does not know them.
public struct ServiceHooks: Sendable {
    /// The content of masters.json for these API servers, `ADDRESS:6443`.
    public var mastersFile: @Sendable ([String]) throws -> [UInt8]
    /// Kubernetes objects that a first master creates: the list of masters and who may read it. JSON or YAML.
    public var clusterObjects: @Sendable (RunRecord, CNI.Kind) throws -> [UInt8]
    /// Redeems the invite. A bound node may do so again until it has joined. Nil on a master.
    public var redeem: (@Sendable (RunRecord) async throws -> JoinAdmission)?
    /// Says that this node has joined, so that the invite is closed for it. May be said again.
    public var confirm: (@Sendable () async throws -> Void)?

    public init(
        mastersFile: @escaping @Sendable ([String]) throws -> [UInt8],
        clusterObjects: @escaping @Sendable (RunRecord, CNI.Kind) throws -> [UInt8],
        redeem: (@Sendable (RunRecord) async throws -> JoinAdmission)? = nil,
        confirm: (@Sendable () async throws -> Void)? = nil
    ) {
        self.mastersFile = mastersFile
        self.clusterObjects = clusterObjects
        self.redeem = redeem
        self.confirm = confirm
    }
}

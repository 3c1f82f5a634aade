public import BundleModel

/// A part of a pack that is to be written: its members, in the order in which they are to stand.
public struct PackPart: Sendable {
    public var name: String
    /// Nodes that read it, with all before it. Empty: all nodes.
    public var roles: [NodeRole]
    public var members: [PackSource]

    public init(name: String, roles: [NodeRole], members: [PackSource]) {
        self.name = name
        self.roles = roles
        self.members = members
    }
}

/// Something that reset did not put back, and why.
public struct LeftOver: Codable, Hashable, Sendable {
    /// A path, a unit, a module.
    public var what: String
    public var reason: String

    public init(what: String, reason: String) {
        self.what = what
        self.reason = reason
    }
}

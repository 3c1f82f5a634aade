/// Looks whether a master can serve.
public protocol MasterProbe: Sendable {
    /// - Returns: nil when it can, else why not.
    func check(_ master: Endpoint) async -> String?
}

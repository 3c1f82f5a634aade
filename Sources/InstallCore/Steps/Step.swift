import BundleModel

/// One part of an installation.
///
/// A step is begun, killed, and begun again without harm: `apply` makes only what `verify` misses.
protocol Step: Sendable {
    /// Stable: journals and `node-install status` name it.
    var name: String { get }
    /// Places inside `apply` where a test may kill the process.
    var boundaries: [String] { get }
    /// Nodes that have the step.
    var roles: [NodeRole] { get }
    /// Whether `applies` asks for more than the role.
    var isOptional: Bool { get }
    /// Whether nodes of this role and bundle need the step.
    func applies(to target: InstallTarget) -> Bool
    /// What `apply` would do, a line each. Changes nothing.
    func plan(_ target: InstallTarget) async throws -> [String]
    func apply(_ run: InstallRun) async throws
    /// - Returns: nil when everything is as `apply` leaves it, else what is not.
    func verify(_ target: InstallTarget) async throws -> String?
    /// Takes back what runs; files are the journal's business. Called in reverse order, for steps that were begun.
    func undo(_ reset: ResetRun) async throws
}

extension Step {
    var boundaries: [String] { [] }
    var roles: [NodeRole] { NodeRole.allCases }
    var isOptional: Bool { false }
    func applies(to target: InstallTarget) -> Bool { roles.contains(target.options.role) }
    func undo(_ reset: ResetRun) async throws {}
}

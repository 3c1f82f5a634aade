#if canImport(Glibc)
    import Glibc
#endif

/// A named place between two actions. For tests: `NODE_INSTALL_KILL_AT=NAME` ends the process there with SIGKILL, as a
/// power cut or an impatient operator would.
public struct Boundary: Sendable {
    private let killAt: String?

    /// - Parameter killAt: the boundary's name, or nil to never die.
    public init(killAt: String?) {
        self.killAt = killAt
    }

    /// Whether a test asked for the end at this boundary.
    func isArmed(_ name: String) -> Bool { name == killAt }

    func reach(_ name: String) {
        guard isArmed(name) else { return }
        kill(getpid(), SIGKILL)
    }
}

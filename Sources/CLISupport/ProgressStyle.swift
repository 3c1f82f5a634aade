public import ArgumentParser

/// How progress is shown on stderr.
public enum ProgressStyle: String, CaseIterable, ExpressibleByArgument, Sendable {
    /// A terminal gets `tty`, anything else `plain`.
    case auto
    case tty
    case plain
    case json
    case none
}

/// Which master gets the next connection: healthy ones in turn, the others only when none of those answers.
struct MasterRotation: Sendable {
    /// Failures in a row after which a health check counts; a refused connection counts at once.
    static let tolerance = 2

    private(set) var masters: [Endpoint] = []
    /// Failures in a row; a master that was never checked counts as healthy.
    private var failures: [Endpoint: Int] = [:]
    private var turn = 0

    mutating func replace(_ list: [Endpoint]) {
        masters = list
        failures = failures.filter { list.contains($0.key) }
    }

    func isHealthy(_ master: Endpoint) -> Bool {
        failures[master, default: 0] < Self.tolerance
    }

    var healthy: [Endpoint] { masters.filter(isHealthy) }

    /// All masters in the order to try them for one connection.
    mutating func next() -> [Endpoint] {
        guard !masters.isEmpty else { return [] }
        let start = turn % masters.count
        turn = (start + 1) % masters.count
        let rotated = Array(masters[start...] + masters[..<start])
        return rotated.filter(isHealthy) + rotated.filter { !isHealthy($0) }
    }

    /// - Returns: whether the master's state changed.
    mutating func succeeded(_ master: Endpoint) -> Bool {
        guard masters.contains(master) else { return false }
        let changed = !isHealthy(master)
        failures[master] = 0
        return changed
    }

    /// - Parameter certain: a connection was refused or timed out: no need for a second look.
    /// - Returns: whether the master's state changed.
    mutating func failed(_ master: Endpoint, certain: Bool) -> Bool {
        guard masters.contains(master) else { return false }
        let was = isHealthy(master)
        failures[master] = certain ? Self.tolerance : min(failures[master, default: 0] + 1, Self.tolerance)
        return was && !isHealthy(master)
    }
}

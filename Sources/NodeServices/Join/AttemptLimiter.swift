/// Counts wrong secrets per source address.
struct AttemptLimiter: Sendable {
    /// Wrong secrets within `window` seconds after which a source has to wait.
    static let attempts = 5
    static let window: UInt64 = 60
    /// Sources that are remembered; beyond it the oldest goes.
    private static let capacity = 4096

    private var failures: [String: [UInt64]] = [:]

    /// - Parameter now: seconds since 1970.
    /// - Returns: seconds to wait; nil when the source may try.
    mutating func wait(_ source: String, now: UInt64) -> Int? {
        let recent = (failures[source] ?? []).filter { $0 + Self.window > now && $0 <= now }
        failures[source] = recent.isEmpty ? nil : recent
        guard recent.count >= Self.attempts, let first = recent.first else { return nil }
        return Int(first + Self.window - now)
    }

    mutating func failed(_ source: String, now: UInt64) {
        if failures[source] == nil, failures.count >= Self.capacity,
            let oldest = failures.min(by: { ($0.value.last ?? 0) < ($1.value.last ?? 0) })?.key
        {
            failures[oldest] = nil
        }
        failures[source, default: []].append(now)
    }
}

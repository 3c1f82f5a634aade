import FoundationEssentials

/// Times as text: RFC 3339 in UTC, whole seconds.
enum UTC {
    /// - Parameter seconds: since 1970.
    static func text(_ seconds: UInt64) -> String {
        Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601)
    }
}

extension Date {
    /// Whole seconds since 1970; 0 before.
    var epochSeconds: UInt64 { UInt64(max(0, timeIntervalSince1970)) }
}

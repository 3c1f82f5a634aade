import BundleModel
import FoundationEssentials
public import Host

/// When a bundle says it was made: SOURCE_DATE_EPOCH where it is set, so that a build can be repeated to the byte.
public enum SourceDate {
    /// - Parameter environment: the process's.
    /// - Returns: seconds since 1970.
    /// - Throws: `BundleBuildError.badOption` for a value that is no number.
    public static func seconds(
        environment: [String: String], clock: any WallClock
    ) throws(BundleBuildError) -> UInt64 {
        guard let text = given(environment) else { return UInt64(max(0, clock.now.timeIntervalSince1970)) }
        guard let value = UInt64(text), value < 253_402_300_800 else {
            throw .badOption("SOURCE_DATE_EPOCH", value: text, expected: "seconds since 1970 before the year 10000")
        }
        return value
    }

    /// Whether the environment decides, and not the clock.
    public static func isFixed(environment: [String: String]) -> Bool { given(environment) != nil }

    private static func given(_ environment: [String: String]) -> String? {
        environment["SOURCE_DATE_EPOCH"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// RFC 3339, UTC, whole seconds.
    public static func text(_ seconds: UInt64) -> String {
        Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601)
    }

    /// The inverse of `text`.
    public static func parse(_ text: String) throws(BundleBuildError) -> UInt64 {
        guard let date = try? Date(text, strategy: .iso8601), date.timeIntervalSince1970 >= 0 else {
            throw .badOption("createdAt", value: text, expected: "a time such as 2026-01-31T12:00:00Z")
        }
        return UInt64(date.timeIntervalSince1970)
    }
}

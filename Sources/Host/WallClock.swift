public import FoundationEssentials

/// The time of day. Tests give a fixed one; `SOURCE_DATE_EPOCH` is read once, at the edge.
public protocol WallClock: Sendable {
    var now: Date { get }
}

/// The machine's own clock.
public struct SystemWallClock: WallClock {
    public init() {}
    public var now: Date { Date() }
}

/// Always the same time.
public struct FixedWallClock: WallClock {
    public let now: Date

    public init(_ now: Date) { self.now = now }

    /// - Parameter epoch: seconds since 1970, as in SOURCE_DATE_EPOCH.
    public init(secondsSince1970 epoch: UInt64) {
        now = Date(timeIntervalSince1970: TimeInterval(epoch))
    }
}

/// What a load did.
public struct LoadSummary: Sendable, Hashable {
    /// That were not complete before.
    public var images = 0
    /// Snapshots that were made.
    public var layers = 0
    /// Of layers that were read from the packs.
    public var bytes: UInt64 = 0
}

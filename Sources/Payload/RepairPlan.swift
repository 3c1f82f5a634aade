/// Which copy gives which part of a repaired bundle.
public struct RepairPlan: Sendable {
    /// A chunk that the damaged file itself does not have as signed.
    public struct Taken: Codable, Hashable, Sendable {
        public let pack: String
        /// From 0.
        public let chunk: Int
        /// The copy that has it.
        public let from: String
        public let bytes: UInt64
    }

    /// A chunk's copy, by its number, and where the chunk stands there.
    struct Place: Sendable {
        let source: Int
        let offset: UInt64
    }

    /// Of the executable; nil for a bundle without one.
    let head: Int?
    /// Of each pack in the index's order, of each of its chunks.
    let chunks: [[Place]]
    public let taken: [Taken]
}

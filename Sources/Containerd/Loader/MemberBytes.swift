import BundleModel
import Synchronization

/// The bytes of the member that a feed is at.
final class MemberBytes: BlobBytes {
    private let feed: PackFeed
    private let left: Mutex<UInt64>
    private let taken: @Sendable (Int) -> Void

    /// - Parameter taken: called with the size of each piece.
    init(_ feed: PackFeed, _ member: Pack.Member, taken: @escaping @Sendable (Int) -> Void) {
        self.feed = feed
        self.left = Mutex(member.size)
        self.taken = taken
    }

    func next() async throws -> [UInt8]? {
        guard left.withLock({ $0 > 0 }) else { return nil }
        guard case .piece(let piece) = try await feed.next() else { return nil }
        left.withLock { $0 -= min($0, UInt64(piece.count)) }
        taken(piece.count)
        return piece
    }

    /// Passes over what nobody took, so that the feed is at its next member.
    func drain() async throws {
        while try await next() != nil {}
    }
}

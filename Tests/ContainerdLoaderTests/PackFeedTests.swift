import Archive
import BundleModel
import Host
import Testing

@testable import Containerd

struct PackFeedTests {
    private struct Stop: Error {}

    private func packs() throws -> [TestPack] { [TestPack(try LoadTests.images())] }

    @Test func whatIsWantedComesWholeAndNothingElse() async throws {
        let packs = try packs()
        let feed = PackFeed()
        let wanted = Set([LoadTests.base, LoadTests.second].map { "layers/sha256/\($0.digest.hex)" })
        feed.want(wanted)
        async let sent: Void = BlockingPool.shared.run { feed.send(packs) }
        var taken: [String: Int] = [:]
        while case .member(let member) = try await feed.next() {
            let bytes = MemberBytes(feed, member) { _ in }
            while let piece = try await bytes.next() { taken[member.path, default: 0] += piece.count }
        }
        try await sent
        #expect(Set(taken.keys) == wanted)
        #expect(taken.values.reduce(0, +) == LoadTests.base.tar.count + LoadTests.second.tar.count)
    }

    @Test func aFailureOfThePackArrives() async throws {
        let pack = TestPack(try LoadTests.images()) { if $0.path.hasPrefix("layers/") { throw Stop() } }
        let feed = PackFeed()
        feed.want(["layers/sha256/\(LoadTests.second.digest.hex)"])
        async let sent: Void = BlockingPool.shared.run { feed.send([pack]) }
        await #expect(throws: Stop.self) { try await feed.next() }
        try await sent
    }

    /// The reader waits for room, and nobody takes any more.
    @Test func cancellingLetsTheReaderGo() async throws {
        let packs = [TestPack(try LoadTests.images())]
        let feed = PackFeed()
        let wanted = Set(packs[0].members.map(\.path))
        feed.want(wanted)
        async let sent: Void = BlockingPool.shared.run { feed.send(packs) }
        _ = try await feed.next()
        feed.cancel(Stop())
        try await sent
        let failure = await #expect(throws: Stop.self) {
            while case .some = Optional(try await feed.next()) {}
        }
        #expect(failure != nil)
    }

    @Test func aTakerThatIsCancelledGoesOn() async throws {
        let feed = PackFeed()
        let taker = Task { try await feed.next() }
        taker.cancel()
        await #expect(throws: CancellationError.self) { try await taker.value }
    }
}

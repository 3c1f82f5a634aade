import Archive
import BundleModel
import Dispatch
import Host
import Synchronization

/// Hands members of packs from the thread that reads them to a task, a few pieces ahead and no more.
///
/// One thread sends, one task takes.
final class PackFeed: Sendable {
    enum Item: Sendable {
        /// What the documents say, before anything else.
        case plans([ImagePlan])
        case member(Pack.Member)
        /// Of the member that came last.
        case piece([UInt8])
        case end
    }

    private struct State {
        var items: [Item] = []
        var failure: (any Error)?
        /// Paths; nil until somebody says them.
        var wanted: Set<String>?
        /// Resumed when there is something to take.
        var taker: CheckedContinuation<Void, Never>?
    }

    /// Pieces that wait at most, of a message each: as much as is decoded while a layer's snapshot is waited for.
    private static let depth = 8

    private let state = Mutex(State())
    // Begins at 0 and is raised: a semaphore may not end below what it began with.
    private let free = DispatchSemaphore(value: 0)
    private let isTold = DispatchSemaphore(value: 0)

    init() {
        for _ in 0..<Self.depth { free.signal() }
    }

    /// Does work beside a thread that reads the packs.
    ///
    /// - Parameter work: gets a feed of what `want` says.
    static func reading<Result: Sendable>(
        _ packs: [any ImagePack], _ work: (PackFeed) async throws -> Result
    ) async throws -> Result {
        try await with({ $0.send(packs) }, work)
    }

    /// The same.
    ///
    /// - Parameter work: gets a feed of the images' plans first.
    static func reading<Result: Sendable>(
        _ packs: [any ImagePack], plansOf images: [ImageToLoad], snapshotter: String,
        _ work: (PackFeed) async throws -> Result
    ) async throws -> Result {
        try await with({ $0.send(plansOf: images, snapshotter: snapshotter, packs) }, work)
    }

    private static func with<Result: Sendable>(
        _ send: @escaping @Sendable (PackFeed) -> Void, _ work: (PackFeed) async throws -> Result
    ) async throws -> Result {
        let feed = PackFeed()
        async let sent: Void = BlockingPool.shared.run { send(feed) }
        do {
            let result = try await work(feed)
            feed.cancel(CancellationError())
            try await sent
            return result
        } catch {
            feed.cancel(error)
            throw error
        }
    }

    /// Says what is to be sent.
    ///
    /// - Parameter wanted: paths. Reading ends with the last of them.
    func want(_ wanted: Set<String>) {
        state.withLock { $0.wanted = wanted }
        isTold.signal()
    }

    /// Reads the packs and sends what `want` says, each member once. Blocks.
    func send(_ packs: [any ImagePack]) {
        endingWell { try send(try told(), of: packs) }
    }

    /// The same, with the plans of images first: one reading, since what stands before the documents in their stream may
    /// be long. Blocks.
    private func send(plansOf images: [ImageToLoad], snapshotter: String, _ packs: [any ImagePack]) {
        endingWell {
            var documents = PackDocuments(images, snapshotter: snapshotter)
            var left: Set<String>?
            for pack in packs where left?.isEmpty != true {
                documents.beginPack()
                try pack.forEachMember { member, content in
                    if left != nil {
                        if left?.remove(member.path) != nil { try send(member, content) }
                    } else {
                        guard try documents.take(member, content) else { return false }
                        guard documents.isComplete else { return true }
                        try put(.plans(documents.plans))
                        left = try told()
                    }
                    return left?.isEmpty != true
                }
            }
            guard let left else { throw documents.incomplete }
            // A layer that stands before a document.
            try send(left, of: packs)
        }
    }

    private func send(_ wanted: Set<String>, of packs: [any ImagePack]) throws {
        var left = wanted
        for pack in packs where pack.members.contains(where: { left.contains($0.path) }) {
            try pack.forEachMember { member, content in
                if left.remove(member.path) != nil { try send(member, content) }
                return !left.isEmpty
            }
        }
        guard left.isEmpty else { throw ContainerdError.missingFromPacks(left.sorted()) }
    }

    private func endingWell(_ work: () throws -> Void) {
        do {
            try work()
            try put(.end)
        } catch {
            cancel(error)
        }
    }

    private func told() throws -> Set<String> {
        isTold.wait()
        return try state.withLock { state in
            if let failure = state.failure { throw failure }
            return state.wanted ?? []
        }
    }

    private func send(_ member: Pack.Member, _ content: any ByteSource) throws {
        try put(.member(member))
        var left = member.size
        while left > 0 {
            let size = Int(min(left, UInt64(MemoryBlob.pieceSize)))
            let piece = try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
                while count < size {
                    let rest = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[count..<size]))
                    let more = try content.read(into: rest)
                    if more == 0 { break }
                    count += more
                }
            }
            guard piece.count == size else {
                throw ArchiveError.unexpectedMember(member.path, reason: "shorter than \(member.size) bytes")
            }
            left -= UInt64(size)
            try put(.piece(piece))
        }
    }

    private func put(_ item: Item) throws {
        free.wait()
        let taker = try state.withLock { state in
            if let failure = state.failure { throw failure }
            state.items.append(item)
            defer { state.taker = nil }
            return state.taker
        }
        taker?.resume()
    }

    /// What the documents say of the images. Comes first, and once.
    func plans() async throws -> [ImagePlan] {
        guard case .plans(let plans) = try await next() else { return [] }
        return plans
    }

    /// What comes next.
    ///
    /// - Throws: what reading failed with; `CancellationError`.
    func next() async throws -> Item {
        while true {
            let item: Item? = try state.withLock { state in
                if !state.items.isEmpty { return state.items.removeFirst() }
                if let failure = state.failure { throw failure }
                return nil
            }
            if let item {
                free.signal()
                return item
            }
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let isThere = state.withLock { state in
                        if state.items.isEmpty, state.failure == nil {
                            state.taker = continuation
                            return false
                        }
                        return true
                    }
                    if isThere { continuation.resume() }
                }
            } onCancel: {
                cancel(CancellationError())
            }
        }
    }

    /// Ends both sides: whoever waits goes on and finds `error`.
    func cancel(_ error: any Error) {
        let taker = state.withLock { state in
            if state.failure == nil { state.failure = error }
            defer { state.taker = nil }
            return state.taker
        }
        free.signal()
        isTold.signal()
        taker?.resume()
    }
}

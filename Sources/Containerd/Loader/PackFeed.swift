import Archive
import BundleModel
import Dispatch
import Synchronization

/// Hands members of packs from the thread that reads them to a task, a few pieces ahead and no more.
///
/// One thread sends, one task takes.
final class PackFeed: Sendable {
    enum Item: Sendable {
        case member(Pack.Member)
        /// Of the member that came last.
        case piece([UInt8])
        case end
    }

    private struct State {
        var items: [Item] = []
        var failure: (any Error)?
        /// Resumed when there is something to take.
        var taker: CheckedContinuation<Void, Never>?
    }

    /// Pieces that wait at most; what is in memory is that many times a message.
    private static let depth = 4

    private let state = Mutex(State())
    // Begins at 0 and is raised: a semaphore may not end below what it began with.
    private let free = DispatchSemaphore(value: 0)

    init() {
        for _ in 0..<Self.depth { free.signal() }
    }

    /// Reads the packs and sends what is wanted of them, each member once. Blocks.
    ///
    /// - Parameter wanted: paths. Reading ends with the last of them.
    func send(_ wanted: Set<String>, of packs: [any ImagePack]) {
        var left = wanted
        do {
            for pack in packs where pack.members.contains(where: { left.contains($0.path) }) {
                try pack.forEachMember { member, content in
                    if left.remove(member.path) != nil { try send(member, content) }
                    return !left.isEmpty
                }
            }
            guard left.isEmpty else { throw ContainerdError.missingFromPacks(left.sorted()) }
            try put(.end)
        } catch {
            cancel(error)
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
        taker?.resume()
    }
}

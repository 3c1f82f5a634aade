import Synchronization

/// The bytes of one blob, in pieces that come when they are asked for.
protocol BlobBytes: Sendable {
    /// The next piece, never an empty one; nil at the end.
    func next() async throws -> [UInt8]?
}

/// A blob that is in memory, in pieces that a message can hold.
final class MemoryBlob: BlobBytes {
    /// Bytes of a message: containerd takes up to 16 MiB.
    static let pieceSize = 1 << 20
    private let rest: Mutex<ArraySlice<UInt8>>

    init(_ bytes: [UInt8]) { rest = Mutex(bytes[...]) }

    func next() async throws -> [UInt8]? {
        rest.withLock { rest in
            guard !rest.isEmpty else { return nil }
            defer { rest = rest.dropFirst(Self.pieceSize) }
            return Array(rest.prefix(Self.pieceSize))
        }
    }
}

import Archive
import BundleModel
import Signing

/// Reads a layer on a thread of its own, ahead of the one that writes, and hashes there what it has read.
///
/// One thread takes; then it calls either `drain` or `stop`, so that no one reads the source any more.
final class BlockFeed {
    private let ahead: ReadAhead
    private let hasher = SHA256Hasher()

    init(_ source: any ByteSource) {
        let hasher = hasher
        ahead = ReadAhead(source) { hasher.update($0) }
    }

    /// Bytes taken.
    var offset: UInt64 { ahead.offset }

    /// Up to `limit` bytes, which stay until the next call. Empty at the end.
    func take(_ limit: Int) throws -> UnsafeRawBufferPointer { try ahead.take(limit) }

    /// Reads the source to its end.
    ///
    /// - Returns: digest and number of all its bytes.
    func drain() throws -> (SHA256Digest, UInt64) {
        try ahead.drain()
        return (hasher.finish(), ahead.offset)
    }

    /// Leaves the source where it is. After `drain` it does nothing.
    func stop() { ahead.stop() }
}

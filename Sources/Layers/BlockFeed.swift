import Archive
import BundleModel
import Dispatch
import Signing
import Synchronization

/// Reads a source on a thread of its own, ahead of the one that writes, and hashes there what it has read.
///
/// One thread takes; then it calls either `drain` or `stop`, so that no one reads the source any more.
final class BlockFeed: @unchecked Sendable {
    /// Whole header blocks fit, so none lies across two buffers.
    private static let bufferSize = 1 << 20
    private static let depth = 4

    private let source: any ByteSource
    private let buffers: [UnsafeMutableRawBufferPointer]
    /// Bytes in each buffer; -1 for a failure. The semaphores order who touches what.
    private let counts = UnsafeMutableBufferPointer<Int>.allocate(capacity: depth)
    private let free = DispatchSemaphore(value: 0)
    private let filled = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)
    private let isStopped = Atomic<Bool>(false)
    private let hasher = SHA256Hasher()
    private var failure: (any Error)?

    // Of the thread that takes.
    private var current = -1
    private var isLast = false
    private var piece = UnsafeRawBufferPointer(start: nil, count: 0)
    /// Bytes taken.
    private(set) var offset: UInt64 = 0

    init(_ source: any ByteSource) {
        self.source = source
        buffers = (0..<Self.depth).map { _ in .allocate(byteCount: Self.bufferSize, alignment: 4096) }
        counts.initialize(repeating: 0)
        for _ in buffers { free.signal() }
        DispatchQueue(label: "kubeferry.layer").async { [self] in
            feed()
            ended.signal()
        }
    }

    deinit {
        for buffer in buffers { buffer.deallocate() }
        counts.deallocate()
    }

    /// Up to `limit` bytes, which stay until the next call. Empty at the end.
    func take(_ limit: Int) throws -> UnsafeRawBufferPointer {
        if piece.isEmpty { try advance() }
        let count = min(limit, piece.count)
        let taken = UnsafeRawBufferPointer(rebasing: piece[..<count])
        piece = UnsafeRawBufferPointer(rebasing: piece[count...])
        offset += UInt64(count)
        return taken
    }

    /// Reads the source to its end.
    ///
    /// - Returns: digest and number of all its bytes.
    func drain() throws -> (SHA256Digest, UInt64) {
        while try !take(.max).isEmpty {}
        ended.wait()
        ended.signal()
        return (hasher.finish(), offset)
    }

    /// Leaves the source where it is. After `drain` it does nothing.
    func stop() {
        isStopped.store(true, ordering: .releasing)
        free.signal()
        ended.wait()
        ended.signal()
    }

    private func advance() throws {
        guard !isLast else { return }
        if current >= 0 { free.signal() }
        filled.wait()
        current = (current + 1) % Self.depth
        let count = counts[current]
        isLast = count < Self.bufferSize
        if count < 0, let failure { throw failure }
        piece = UnsafeRawBufferPointer(rebasing: buffers[current][..<max(0, count)])
    }

    private func feed() {
        var index = 0
        while true {
            free.wait()
            if isStopped.load(ordering: .acquiring) { return }
            var count = 0
            do {
                count = try fill(buffers[index])
            } catch {
                failure = error
                count = -1
            }
            counts[index] = count
            filled.signal()
            guard count >= 0 else { return }
            // The taking thread reads the same bytes meanwhile; this one alone writes there again.
            hasher.update(UnsafeRawBufferPointer(rebasing: buffers[index][..<count]))
            guard count == Self.bufferSize else { return }
            index = (index + 1) % Self.depth
        }
    }

    /// To the brim, if the source has as much.
    private func fill(_ buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        var count = 0
        while count < buffer.count {
            let read = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
            if read == 0 { break }
            count += read
        }
        return count
    }
}

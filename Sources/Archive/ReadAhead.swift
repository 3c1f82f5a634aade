import Dispatch
import Synchronization

/// Reads a source on a thread of its own, a few buffers ahead of the one that takes.
///
/// One thread takes, to the end or until `stop`; the source is nobody else's until then.
public final class ReadAhead: ByteSource, @unchecked Sendable {
    /// Of each buffer, which is filled to the brim. Whole blocks of a tar fit, so none lies across two.
    private static let bufferSize = 1 << 20

    private let source: any ByteSource
    private let seen: ((UnsafeRawBufferPointer) -> Void)?
    private let buffers: [UnsafeMutableRawBufferPointer]
    /// Bytes in each buffer; -1 for a failure. The semaphores order who touches what.
    private let counts: UnsafeMutableBufferPointer<Int>
    // They begin at 0 and are raised: a semaphore may not end below what it began with.
    private let free = DispatchSemaphore(value: 0)
    private let filled = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)
    private let isStopped = Atomic<Bool>(false)
    private var failure: (any Error)?

    // Of the thread that takes.
    private var current = -1
    private var isLast = false
    private var piece = UnsafeRawBufferPointer(start: nil, count: 0)
    /// Bytes taken.
    public private(set) var offset: UInt64 = 0

    /// - Parameters:
    ///   - depth: buffers of 1 MiB.
    ///   - seen: called with each buffer on the thread that reads, while the other one takes the same bytes.
    public init(
        _ source: any ByteSource, depth: Int = 4, seen: ((UnsafeRawBufferPointer) -> Void)? = nil
    ) {
        self.source = source
        self.seen = seen
        buffers = (0..<depth).map { _ in .allocate(byteCount: Self.bufferSize, alignment: 4096) }
        counts = .allocate(capacity: depth)
        counts.initialize(repeating: 0)
        for _ in buffers { free.signal() }
        DispatchQueue(label: "kubeferry.ahead").async { [self] in
            feed()
            ended.signal()
        }
    }

    deinit {
        for buffer in buffers { buffer.deallocate() }
        counts.deallocate()
    }

    public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let taken = try take(buffer.count)
        buffer.copyMemory(from: taken)
        return taken.count
    }

    /// Up to `limit` bytes, which stay until the next call. Empty at the end.
    ///
    /// - Throws: what the source threw, and again on every later call.
    public func take(_ limit: Int) throws -> UnsafeRawBufferPointer {
        if piece.isEmpty { try advance() }
        let count = min(limit, piece.count)
        let taken = UnsafeRawBufferPointer(rebasing: piece[..<count])
        piece = UnsafeRawBufferPointer(rebasing: piece[count...])
        offset += UInt64(count)
        return taken
    }

    /// Reads the source to its end, and waits until the last of it has been seen.
    public func drain() throws {
        while try !take(.max).isEmpty {}
        waitForEnd()
    }

    /// Leaves the source where it is. At its end it does nothing.
    public func stop() {
        isStopped.store(true, ordering: .releasing)
        free.signal()
        waitForEnd()
    }

    private func waitForEnd() {
        ended.wait()
        ended.signal()
    }

    private func advance() throws {
        if isLast {
            if let failure, counts[current] < 0 { throw failure }
            return
        }
        if current >= 0 { free.signal() }
        filled.wait()
        current = (current + 1) % buffers.count
        let count = counts[current]
        isLast = count < buffers[current].count
        if count < 0, let failure { throw failure }
        piece = UnsafeRawBufferPointer(rebasing: buffers[current][..<max(0, count)])
    }

    private func feed() {
        var index = 0
        while true {
            free.wait()
            if isStopped.load(ordering: .acquiring) { return }
            let buffer = buffers[index]
            var count = 0
            do {
                count = try fill(buffer)
            } catch {
                failure = error
                count = -1
            }
            counts[index] = count
            filled.signal()
            guard count >= 0 else { return }
            // The taking thread reads the same bytes meanwhile; this one alone writes there again.
            seen?(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            guard count == buffer.count else { return }
            index = (index + 1) % buffers.count
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

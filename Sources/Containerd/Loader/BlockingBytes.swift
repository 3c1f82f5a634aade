import Archive
import Dispatch
import Host
import Synchronization

extension BlobBytes {
    /// Runs work that pulls these bytes on a thread that may block, such as unpacking a layer.
    ///
    /// - Throws: what `work` throws; in a task that is cancelled, reading throws `CancellationError`.
    func blocking<Result: Sendable>(
        _ work: @escaping @Sendable (any ByteSource) throws -> Result
    ) async throws -> Result {
        let source = BlockingBytes(self)
        return try await withTaskCancellationHandler {
            try await BlockingPool.shared.run { try work(source) }
        } onCancel: {
            source.cancel()
        }
    }
}

/// Pieces that come asynchronously, for one thread that waits for them.
private final class BlockingBytes: ByteSource, Sendable {
    private let bytes: any BlobBytes
    private let rest = Mutex<ArraySlice<UInt8>>([])
    private let pull = Mutex<Task<Void, Never>?>(nil)
    private let isCancelled = Atomic(false)

    init(_ bytes: any BlobBytes) { self.bytes = bytes }

    func cancel() {
        isCancelled.store(true, ordering: .sequentiallyConsistent)
        pull.withLock { $0?.cancel() }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        if rest.withLock({ $0.isEmpty }), let piece = try next() { rest.withLock { $0 = piece[...] } }
        return rest.withLock { rest in
            let count = min(buffer.count, rest.count)
            rest.withUnsafeBytes { buffer.copyMemory(from: .init(rebasing: $0[..<count])) }
            rest = rest.dropFirst(count)
            return count
        }
    }

    private final class Answer: Sendable {
        let piece = Mutex<Result<[UInt8]?, any Error>>(.success(nil))
    }

    private func next() throws -> [UInt8]? {
        let answer = Answer()
        let isThere = DispatchSemaphore(value: 0)
        let bytes = bytes
        pull.withLock { pull in
            pull = Task {
                let result: Result<[UInt8]?, any Error>
                do { result = .success(try await bytes.next()) } catch { result = .failure(error) }
                answer.piece.withLock { $0 = result }
                isThere.signal()
            }
        }
        // Cancelled before there was a task to cancel.
        if isCancelled.load(ordering: .sequentiallyConsistent) { pull.withLock { $0?.cancel() } }
        isThere.wait()
        if isCancelled.load(ordering: .sequentiallyConsistent) { throw CancellationError() }
        return try answer.piece.withLock { try $0.get() }
    }
}

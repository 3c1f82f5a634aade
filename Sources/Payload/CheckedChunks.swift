import BundleModel
import Dispatch

/// Reads and checks chunks of a pack, one ahead of the one that is used. For one thread, but for its own.
final class CheckedChunks: @unchecked Sendable {
    private let file: RandomAccessFile
    private let pack: Pack
    private let offset: UInt64
    private let queue = DispatchQueue(label: "kubeferry.chunks")
    /// Of two buffers one is used and the other one filled; made when they are needed.
    private var buffers: [UnsafeMutableRawBufferPointer?] = [nil, nil]
    // Ordered by the semaphore: written by the queue before it signals, read after waiting for that.
    private let isRead = DispatchSemaphore(value: 0)
    private var outcome: Result<Void, any Error> = .success(())
    /// The chunk that the queue was given and nobody has taken.
    private var begun: Int?

    init(file: RandomAccessFile, pack: Pack, offset: UInt64) {
        self.file = file
        self.pack = pack
        self.offset = offset
    }

    deinit {
        for buffer in buffers { buffer?.deallocate() }
    }

    func start(of chunk: Int) -> UInt64 { ChunkCheck.range(of: chunk, in: pack).lowerBound }

    /// A checked chunk, which stays until the one after the next is begun.
    ///
    /// - Throws: `PayloadError`.
    func take(_ chunk: Int) throws -> UnsafeRawBufferPointer {
        let buffer = buffer(for: chunk)
        if begun == chunk {
            finish()
            try outcome.get()
        } else {
            finish()
            try ChunkCheck.read(chunk, of: pack, at: offset, from: file, into: buffer)
        }
        return UnsafeRawBufferPointer(buffer)
    }

    /// Starts reading a chunk: not the one that is used.
    func begin(_ chunk: Int) {
        finish()
        begun = chunk
        // The buffer is nobody else's until `take`.
        nonisolated(unsafe) let buffer = buffer(for: chunk)
        queue.async { [self] in
            outcome = Result { try ChunkCheck.read(chunk, of: pack, at: offset, from: file, into: buffer) }
            isRead.signal()
        }
    }

    /// Waits for what was begun.
    func finish() {
        guard begun != nil else { return }
        isRead.wait()
        begun = nil
    }

    /// As long as the chunk.
    private func buffer(for chunk: Int) -> UnsafeMutableRawBufferPointer {
        let whole: UnsafeMutableRawBufferPointer
        if let made = buffers[chunk % 2] {
            whole = made
        } else {
            whole = .allocate(byteCount: Int(min(pack.chunkSize, max(1, pack.size))), alignment: 4096)
            buffers[chunk % 2] = whole
        }
        return UnsafeMutableRawBufferPointer(rebasing: whole[..<ChunkCheck.range(of: chunk, in: pack).count])
    }
}

import BundleModel
import SystemPackage

/// The compressed stream of one pack, or of several that share it, on its way to a file.
final class PackStream {
    /// An end of a part or of a pack, but for that of the stream.
    private struct Cut {
        var uncompressed: UInt64
        /// Nil until it is found: the compressor did not say.
        var compressed: UInt64?
    }

    let compression: Compression
    let chunkSize: UInt64
    private let output: FileDescriptor
    /// Given up at the end, and its memory with it.
    private var compressor: (any Compressor)?
    private let hasher: ChunkHasher
    private let progressed: (UInt64) throws -> Void
    private var cuts: [Cut] = []
    /// Bytes of the packs' tars so far.
    private(set) var taken: UInt64 = 0

    /// - Parameter progressed: called with bytes of the tars that are compressed, now and then; may throw to end it.
    init(
        output: FileDescriptor, compression: Compression, threads: Int, chunkSize: UInt64,
        progressed: @escaping (UInt64) throws -> Void
    ) throws {
        self.output = output
        self.compression = compression
        self.chunkSize = chunkSize
        compressor = try compression.makeCompressor(threads: threads)
        hasher = ChunkHasher(chunkSize: chunkSize)
        self.progressed = progressed
    }

    /// Compressed bytes so far.
    var size: UInt64 { hasher.size }

    /// SHA-256 of each chunk of the stream, once it is finished.
    var chunks: [SHA256Digest] { hasher.chunks }

    func take(_ bytes: UnsafeRawBufferPointer) throws {
        guard let compressor else { throw Self.isFinished }
        try compressor.compress(bytes) { try write($0) }
        taken += UInt64(bytes.count)
    }

    /// What was taken so far decodes by itself, and to exactly that.
    func cut() throws {
        guard let compressor else { throw Self.isFinished }
        let isGiven = try compressor.cut { try write($0) }
        cuts.append(Cut(uncompressed: taken, compressed: isGiven ? size : nil))
    }

    /// - Returns: compressed bytes up to each cut.
    func finish() throws -> [UInt64] {
        try endCompression()
        hasher.finish()
        let known = cuts.compactMap(\.compressed)
        guard known.count < cuts.count else { return known }
        let blocks = try ZstdBlocks(file: output, size: size, windowLog: compression.windowLog)
        return try blocks.ends(of: cuts.map(\.uncompressed), content: taken) { try progressed(taken) }
    }

    /// By itself, so that nothing holds on to the compressor's memory after it.
    private func endCompression() throws {
        guard let compressor else { throw Self.isFinished }
        try compressor.finish { try write($0) }
        self.compressor = nil
    }

    private func write(_ bytes: UnsafeRawBufferPointer) throws {
        do { try output.writeAll(bytes) } catch let error as Errno {
            throw ArchiveError.system("write", path: "pack", errno: error.rawValue)
        }
        hasher.update(bytes)
        // Not what was taken: a compressor takes far more than it has done.
        try progressed(compressor?.compressed ?? taken)
    }

    private static var isFinished: ArchiveError { .library(call: "PackStream", reason: "its stream has ended") }
}

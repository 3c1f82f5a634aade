import BundleModel
import CLzma

/// Reads one xz stream.
final class XzDecompressor: Decompressor {
    private var stream = lzma_stream()
    private(set) var isFinished = false

    /// - Parameter windowLog: largest accepted dictionary, so that a stream cannot ask for more memory than its index
    ///   says.
    init(windowLog: Int) throws {
        // The decoder's own state is less than 1 MiB; the next larger dictionary is more than that above this one.
        let memory = (UInt64(1) << UInt64(min(max(windowLog, 12), 31))) + (1 << 20)
        let made = lzma_stream_decoder(&stream, memory, 0)
        guard made == LZMA_OK else {
            throw ArchiveError.library(call: "lzma_stream_decoder", reason: "code \(made.rawValue)")
        }
    }

    deinit { lzma_end(&stream) }

    func decompress(
        _ input: inout UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws -> Int {
        guard !isFinished else { return 0 }
        stream.next_in = input.bindMemory(to: UInt8.self).baseAddress
        stream.avail_in = input.count
        stream.next_out = output.bindMemory(to: UInt8.self).baseAddress
        stream.avail_out = output.count
        let result = lzma_code(&stream, LZMA_RUN)
        switch result {
        case LZMA_OK, LZMA_BUF_ERROR: break
        case LZMA_STREAM_END: isFinished = true
        case LZMA_MEMLIMIT_ERROR:
            throw ArchiveError.corrupt(
                archive: "xz", offset: 0, reason: "needs a larger dictionary than the index says")
        case LZMA_FORMAT_ERROR: throw ArchiveError.corrupt(archive: "xz", offset: 0, reason: "not an xz stream")
        default: throw ArchiveError.corrupt(archive: "xz", offset: 0, reason: "liblzma code \(result.rawValue)")
        }
        input = UnsafeRawBufferPointer(rebasing: input[(input.count - stream.avail_in)...])
        return output.count - stream.avail_out
    }
}

import BundleModel
import CLzma

/// One xz stream of fixed-size blocks, so that the output does not depend on the number of threads.
final class XzCompressor: Compressor {
    private var stream = lzma_stream()
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 128 << 10, alignment: 16)

    init(level: Int, windowLog: Int, threads: Int) throws {
        guard (0...9).contains(level) else { throw ArchiveError.badCompression("xz level \(level), not 0 to 9") }
        guard (12...Compression.windowLogs.upperBound).contains(windowLog) else {
            throw ArchiveError.badCompression(
                "window 2^\(windowLog), not 2^12 to 2^\(Compression.windowLogs.upperBound)")
        }
        var options = lzma_options_lzma()
        guard lzma_lzma_preset(&options, UInt32(level)) == 0 else {
            throw ArchiveError.badCompression("xz level \(level)")
        }
        options.dict_size = UInt32(1) << UInt32(windowLog)
        try withUnsafeMutablePointer(to: &options) { options in
            var filters = [
                lzma_filter(id: LZMAFilter.lzma2, options: UnsafeMutableRawPointer(options)),
                lzma_filter(id: LZMAFilter.none, options: nil),
            ]
            let made = filters.withUnsafeMutableBufferPointer { filters in
                var settings = lzma_mt()
                settings.threads = UInt32(max(1, min(threads, 64)))
                settings.block_size = max(UInt64(3) << UInt64(windowLog), 1 << 20)
                settings.filters = UnsafePointer(filters.baseAddress)
                settings.check = LZMA_CHECK_SHA256
                return lzma_stream_encoder_mt(&stream, &settings)
            }
            guard made == LZMA_OK else {
                throw ArchiveError.library(call: "lzma_stream_encoder_mt", reason: "code \(made.rawValue)")
            }
        }
    }

    deinit {
        lzma_end(&stream)
        buffer.deallocate()
    }

    func compress(_ input: UnsafeRawBufferPointer, to output: (UnsafeRawBufferPointer) throws -> Void) throws {
        stream.next_in = input.bindMemory(to: UInt8.self).baseAddress
        stream.avail_in = input.count
        while stream.avail_in > 0 { _ = try step(LZMA_RUN, output) }
    }

    /// Ends the block and waits for it: what comes after shares nothing with what came before, and the encoder with
    /// threads has no other way.
    func cut(to output: (UnsafeRawBufferPointer) throws -> Void) throws -> Bool {
        stream.next_in = nil
        stream.avail_in = 0
        while try step(LZMA_FULL_FLUSH, output) != LZMA_STREAM_END {}
        return true
    }

    func finish(to output: (UnsafeRawBufferPointer) throws -> Void) throws {
        stream.next_in = nil
        stream.avail_in = 0
        while try step(LZMA_FINISH, output) != LZMA_STREAM_END {}
    }

    var compressed: UInt64 {
        var (taken, given): (UInt64, UInt64) = (0, 0)
        lzma_get_progress(&stream, &taken, &given)
        return taken
    }

    private func step(_ action: lzma_action, _ output: (UnsafeRawBufferPointer) throws -> Void) throws -> lzma_ret {
        stream.next_out = buffer.bindMemory(to: UInt8.self).baseAddress
        stream.avail_out = buffer.count
        let result = lzma_code(&stream, action)
        guard result == LZMA_OK || result == LZMA_STREAM_END else {
            throw ArchiveError.library(call: "lzma_code", reason: "code \(result.rawValue)")
        }
        let count = buffer.count - stream.avail_out
        if count > 0 { try output(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
        return result
    }
}

/// Filter numbers that lzma.h gives as macros Swift cannot read.
enum LZMAFilter {
    static let lzma2: UInt64 = 0x21
    static let none: UInt64 = .max
}

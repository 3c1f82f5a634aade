import BundleModel
import CZstd

/// Reads one zstd frame.
final class ZstdDecompressor: Decompressor {
    private let context: OpaquePointer
    private(set) var isFinished = false

    /// - Parameters:
    ///   - windowLog: largest accepted window, so that a stream cannot ask for more memory than its index says.
    ///   - isChecked: whether to look at the frame's own checksum: not of what has a SHA-256 digest.
    init(windowLog: Int, isChecked: Bool = false) throws {
        guard let made = ZSTD_createDCtx_advanced(WindowMemory.allocator) else {
            throw ArchiveError.library(call: "ZSTD_createDCtx_advanced", reason: "memory")
        }
        context = made
        let code = ZSTD_DCtx_setParameter(made, ZSTD_d_windowLogMax, Int32(clamping: windowLog))
        guard ZSTD_isError(code) == 0 else { throw ArchiveError.badCompression("window 2^\(windowLog)") }
        guard !isChecked else { return }
        let ignoring = ZSTD_DCtx_setParameter(
            made, zstd_d_forceIgnoreChecksum, Int32(bitPattern: ZSTD_d_ignoreChecksum.rawValue))
        guard ZSTD_isError(ignoring) == 0 else {
            throw ArchiveError.library(
                call: "ZSTD_DCtx_setParameter", reason: String(cString: ZSTD_getErrorName(ignoring)))
        }
    }

    deinit { ZSTD_freeDCtx(context) }

    func decompress(
        _ input: inout UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws -> Int {
        guard !isFinished else { return 0 }
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let left = ZSTD_decompressStream(context, &target, &source)
        guard ZSTD_isError(left) == 0 else {
            throw ArchiveError.corrupt(archive: "zstd", offset: 0, reason: String(cString: ZSTD_getErrorName(left)))
        }
        input = UnsafeRawBufferPointer(rebasing: input[source.pos...])
        isFinished = left == 0
        return target.pos
    }
}

import BundleModel
import CZstd

/// One zstd frame with long-distance matching and a checksum, written by several threads.
///
/// Always at least one worker: the output is then the same for any number of them.
final class ZstdCompressor: Compressor {
    private let context: OpaquePointer
    private let buffer: UnsafeMutableRawBufferPointer

    init(level: Int, windowLog: Int, threads: Int) throws {
        guard (1...22).contains(level) else { throw ArchiveError.badCompression("zstd level \(level), not 1 to 22") }
        guard Compression.windowLogs.contains(windowLog) else {
            throw ArchiveError.badCompression(
                "window 2^\(windowLog), not 2^10 to 2^\(Compression.windowLogs.upperBound)")
        }
        guard let made = ZSTD_createCCtx() else {
            throw ArchiveError.library(call: "ZSTD_createCCtx", reason: "memory")
        }
        context = made
        buffer = .allocate(byteCount: ZSTD_CStreamOutSize(), alignment: 16)
        let settings: [(ZSTD_cParameter, Int)] = [
            (ZSTD_c_compressionLevel, level), (ZSTD_c_windowLog, windowLog), (ZSTD_c_enableLongDistanceMatching, 1),
            (ZSTD_c_checksumFlag, 1), (ZSTD_c_contentSizeFlag, 0), (ZSTD_c_nbWorkers, max(1, min(threads, 64))),
        ]
        for (parameter, value) in settings {
            try Self.check(ZSTD_CCtx_setParameter(made, parameter, Int32(value)), "ZSTD_CCtx_setParameter")
        }
    }

    deinit {
        ZSTD_freeCCtx(context)
        buffer.deallocate()
    }

    func compress(_ input: UnsafeRawBufferPointer, to output: (UnsafeRawBufferPointer) throws -> Void) throws {
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        while source.pos < source.size { _ = try step(&source, ZSTD_e_continue, output) }
    }

    func flush(to output: (UnsafeRawBufferPointer) throws -> Void) throws {
        var nothing = ZSTD_inBuffer(src: nil, size: 0, pos: 0)
        while try step(&nothing, ZSTD_e_flush, output) != 0 {}
    }

    func finish(to output: (UnsafeRawBufferPointer) throws -> Void) throws {
        var nothing = ZSTD_inBuffer(src: nil, size: 0, pos: 0)
        while try step(&nothing, ZSTD_e_end, output) != 0 {}
    }

    private func step(
        _ input: inout ZSTD_inBuffer, _ directive: ZSTD_EndDirective,
        _ output: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Int {
        var target = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
        let left = ZSTD_compressStream2(context, &target, &input, directive)
        try Self.check(left, "ZSTD_compressStream2")
        if target.pos > 0 { try output(UnsafeRawBufferPointer(rebasing: buffer[..<target.pos])) }
        return left
    }

    private static func check(_ code: Int, _ call: String) throws {
        guard ZSTD_isError(code) == 0 else {
            throw ArchiveError.library(call: call, reason: String(cString: ZSTD_getErrorName(code)))
        }
    }
}

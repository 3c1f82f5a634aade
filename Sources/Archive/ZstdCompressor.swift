import BundleModel
import CZstd

#if canImport(Glibc)
    import Glibc
#endif

/// One zstd frame with long-distance matching and a checksum, written by several threads.
///
/// Always at least one worker: the output is then the same for any number of them.
final class ZstdCompressor: Compressor {
    private let context: OpaquePointer
    private let buffer: UnsafeMutableRawBufferPointer
    /// The last byte that was taken, not given to zstd yet: where a block is to end there is always something to end it
    /// with.
    private var kept: UInt8?

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
        guard let end = input.last else { return }
        try withKept { source in
            while source.pos < source.size { _ = try step(&source, ZSTD_e_continue, output) }
        }
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count - 1, pos: 0)
        while source.pos < source.size { _ = try step(&source, ZSTD_e_continue, output) }
        kept = end
    }

    /// Makes a job of what was taken since the last one, and does not wait for it: ZSTD_e_flush, with no room for
    /// output, returns after one attempt. Where jobs end, and so every byte, is decided by the input alone: nothing
    /// more is taken until the job is there. docs/decisions/0021 has the reasons.
    func cut(to output: (UnsafeRawBufferPointer) throws -> Void) throws -> Bool {
        guard kept != nil else { return false }
        try withKept { source in
            var jobs = startedJobs
            while true {
                // The attempt that takes the byte makes at most one job, the one with the byte in it.
                if source.pos < source.size { jobs = startedJobs }
                _ = try step(&source, ZSTD_e_flush, room: 0, output)
                if source.pos == source.size, startedJobs > jobs { return }
                // All workers are busy, or the table of jobs is full: taking what is ready makes room.
                var nothing = ZSTD_inBuffer(src: nil, size: 0, pos: 0)
                _ = try step(&nothing, ZSTD_e_continue, output)
                sched_yield()
            }
        }
        return false
    }

    func finish(to output: (UnsafeRawBufferPointer) throws -> Void) throws {
        try withKept { source in
            while try step(&source, ZSTD_e_end, output) != 0 {}
        }
    }

    var compressed: UInt64 { ZSTD_getFrameProgression(context).consumed }

    private var startedJobs: UInt32 { ZSTD_getFrameProgression(context).currentJobID }

    /// What was kept back, as input; nothing is, afterwards.
    private func withKept(_ body: (inout ZSTD_inBuffer) throws -> Void) throws {
        let bytes = kept.map { [$0] } ?? []
        kept = nil
        try bytes.withUnsafeBytes { bytes in
            var source = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
            try body(&source)
        }
    }

    /// - Parameter room: bytes of output that there is room for; nil is all of the buffer.
    private func step(
        _ input: inout ZSTD_inBuffer, _ directive: ZSTD_EndDirective, room: Int? = nil,
        _ output: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Int {
        var target = ZSTD_outBuffer(dst: buffer.baseAddress, size: room ?? buffer.count, pos: 0)
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

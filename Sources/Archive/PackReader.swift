public import BundleModel
public import SystemPackage

/// Reads a pack: pulls compressed bytes from a source and gives the tar, or its members.
///
/// Memory: the window of the compression and a few buffers. For one pass, by one thread; blocks.
public final class PackReader {
    let stream: DecompressedStream
    let name: String

    /// - Parameters:
    ///   - source: the compressed bytes.
    ///   - compression: as the index says; a stream that wants a larger window is refused.
    ///   - name: for messages.
    public init(source: any ByteSource, compression: Compression, name: String = "pack") throws {
        self.name = name
        stream = DecompressedStream(source: source, decompressor: try compression.makeDecompressor(), name: name)
    }

    /// Writes the tar's bytes.
    ///
    /// - Parameters:
    ///   - output: left open. A reader that went away surfaces as `Errno.brokenPipe`.
    ///   - total: bytes of the tar as the index says, which it then must have; nil leaves that open.
    /// - Returns: bytes of the tar.
    /// - Throws: `ArchiveError.corrupt`, `.truncated`, what the source throws, and the output's `Errno`.
    @discardableResult
    public func copyTar(
        to output: FileDescriptor, progress: any ProgressSink = SilentProgress(), total: UInt64? = nil
    ) throws -> UInt64 {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
        defer { buffer.deallocate() }
        var done: UInt64 = 0
        progress.report(ProgressEvent(kind: .started, task: "unpack \(name)", done: 0, total: total))
        while true {
            let count = try stream.read(into: buffer)
            if count == 0 { break }
            if let total, UInt64(count) > total - done { throw wrongLength(total, "more") }
            try output.writeAll(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            done += UInt64(count)
            progress.report(ProgressEvent(kind: .advanced, task: "unpack \(name)", done: done, total: total))
        }
        if let total, done < total { throw wrongLength(total, "only \(done)") }
        progress.report(ProgressEvent(kind: .finished, task: "unpack \(name)", done: done, total: total))
        return done
    }

    private func wrongLength(_ expected: UInt64, _ actual: String) -> ArchiveError {
        .corrupt(
            archive: name, offset: stream.offset, reason: "the tar should have \(expected) bytes and has \(actual)")
    }
}

import BundleModel
import CZstd
import SystemPackage

/// The blocks of one zstd frame that was just written. Only decoding tells how much of the content a block holds; so
/// finding a block's end also proves that the frame is what went into it, by its own checksum.
final class ZstdBlocks {
    /// How much of a frame tells the length of its header.
    private static let beginningSize = 5
    private static let headerSize = 3
    private static let blockLimit = 128 << 10
    private static let checksumSize = 4

    private let file: FileDescriptor
    private let size: UInt64
    private let decompressor: ZstdDecompressor
    private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
    private let output = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
    private var offset: UInt64 = 0
    private var decoded: UInt64 = 0
    private var isLastRead = false

    /// - Parameters:
    ///   - file: open for reading; the frame is all of it.
    ///   - size: bytes of the frame.
    init(file: FileDescriptor, size: UInt64, windowLog: Int) throws {
        self.file = file
        self.size = size
        decompressor = try ZstdDecompressor(windowLog: windowLog, isChecked: true)
    }

    deinit {
        input.deallocate()
        output.deallocate()
    }

    /// Compressed bytes up to where the content has each of these lengths, where blocks have to end.
    ///
    /// - Parameters:
    ///   - lengths: ascending.
    ///   - content: bytes of all of it.
    ///   - advanced: called after each block; may throw to end it.
    /// - Throws: `ArchiveError.library` where the frame is not what it has to be, `.system`.
    func ends(of lengths: [UInt64], content: UInt64, _ advanced: () throws -> Void) throws -> [UInt64] {
        do {
            let ends = try lengths.map { length in
                guard length > 0 else { return UInt64(0) }
                try read(to: length, advanced)
                return offset
            }
            try read(to: content, advanced)
            // What is left holds no content: an empty last block, or none.
            while !isLastRead { try readBlock() }
            guard decoded == content, offset == size, decompressor.isFinished else {
                throw bad("it ends after \(decoded) bytes of \(content)")
            }
            return ends
        } catch ArchiveError.corrupt(_, _, let reason) {
            throw bad(reason)
        }
    }

    private func read(to length: UInt64, _ advanced: () throws -> Void) throws {
        if offset == 0 { try readFrameHeader() }
        while decoded < length, !isLastRead {
            try readBlock()
            try advanced()
        }
        guard decoded == length else { throw bad("\(decoded) bytes of content where \(length) have to end a block") }
    }

    private func readFrameHeader() throws {
        let beginning = try fill(Self.beginningSize, at: 0)
        let header = ZSTD_frameHeaderSize(beginning.baseAddress, beginning.count)
        guard ZSTD_isError(header) == 0, header <= input.count else { throw bad("no header of a frame") }
        try decode(try fill(header, at: 0))
    }

    private func readBlock() throws {
        let header = try fill(Self.headerSize, at: offset)
        let bits = Int(header[0]) | Int(header[1]) << 8 | Int(header[2]) << 16
        isLastRead = bits & 1 == 1
        // A run of one byte is that byte, however long.
        let length = bits >> 1 & 3 == 1 ? 1 : bits >> 3
        guard length <= Self.blockLimit else { throw bad("a block of \(length) bytes") }
        try decode(try fill(Self.headerSize + length + (isLastRead ? Self.checksumSize : 0), at: offset))
    }

    private func decode(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while true {
            let before = rest.count
            let count = try decompressor.decompress(&rest, into: output)
            decoded += UInt64(count)
            if rest.isEmpty, count < output.count { break }
            guard count > 0 || rest.count < before else { throw bad("the decoder makes no progress") }
        }
        offset += UInt64(bytes.count)
    }

    private func fill(_ count: Int, at start: UInt64) throws -> UnsafeRawBufferPointer {
        var filled = 0
        while filled < count {
            let room = UnsafeMutableRawBufferPointer(rebasing: input[filled..<count])
            do {
                let read = try file.read(fromAbsoluteOffset: Int64(start) + Int64(filled), into: room)
                guard read > 0 else { throw bad("the file ends") }
                filled += read
            } catch let error as Errno {
                throw ArchiveError.system("read", path: "pack", errno: error.rawValue)
            }
        }
        return UnsafeRawBufferPointer(rebasing: input[..<count])
    }

    private func bad(_ reason: String) -> ArchiveError {
        .library(call: "ZSTD_compressStream2", reason: "what it wrote does not decode near byte \(offset): \(reason)")
    }
}

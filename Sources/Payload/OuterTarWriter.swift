import BundleModel
import Signing
import SystemPackage

/// Writes the head, its padding, the outer tar and the trailer, in that order.
struct OuterTarWriter {
    private let output: FileDescriptor
    private let modificationTime: UInt64
    /// Told how many bytes more were copied from another file.
    private let advanced: (UInt64) throws -> Void
    /// Bytes written so far.
    private var position: UInt64 = 0
    /// Where the tar starts.
    private var start: UInt64 = 0

    init(
        output: FileDescriptor, modificationTime: UInt64, advanced: @escaping (UInt64) throws -> Void = { _ in }
    ) {
        self.output = output
        self.modificationTime = modificationTime
        self.advanced = advanced
    }

    /// - Parameter expected: what the index says of the executable.
    mutating func addHead(_ head: FilePath, expected: Head?) throws {
        let file = try RandomAccessFile(head)
        let hasher = SHA256Hasher()
        try copy(file, 0..<file.size) { hasher.update($0) }
        let digest = hasher.finish()
        guard let expected, file.size == expected.size, digest == expected.sha256 else {
            throw PayloadError.unusable(
                "\(head) has \(file.size) bytes and \(digest), the index says "
                    + (expected.map { "\($0.size) bytes and \($0.sha256)" } ?? "that there is no executable"))
        }
        try pad(to: BundleFile.alignment)
        start = position
    }

    mutating func add(_ name: String, _ content: [UInt8]) throws {
        try header(name, size: UInt64(content.count))
        try put(content)
        try pad(to: TarHeader.blockSize)
    }

    mutating func add(_ signatures: [BundleSignature]) throws {
        guard signatures.count <= BundleFile.signatureLimit else {
            throw PayloadError.unusable("\(signatures.count) signatures, at most \(BundleFile.signatureLimit) are read")
        }
        for signature in signatures.sorted(by: { $0.keyID < $1.keyID }) {
            guard let key = signature.publicKey else {
                throw PayloadError.unusable("the public key of signature \(signature.keyID) is missing")
            }
            try add("signatures/\(signature.keyID).sig", signature.signature)
            try add("signatures/\(signature.keyID).pub", key.pem)
        }
    }

    /// - Parameter size: what the index says of the file.
    mutating func add(_ name: String, file path: FilePath, size: UInt64) throws {
        let file = try RandomAccessFile(path)
        guard file.size == size else {
            throw PayloadError.unusable("\(path) has \(file.size) bytes, its pack \(size)")
        }
        try add(name, from: file, 0..<size)
    }

    mutating func add(_ name: String, from file: RandomAccessFile, _ range: Range<UInt64>) throws {
        try header(name, size: UInt64(range.count))
        try copy(file, range)
        try pad(to: TarHeader.blockSize)
    }

    /// Begins a member whose content comes by `append`, so many bytes in all, up to `endMember`.
    mutating func beginMember(_ name: String, size: UInt64) throws { try header(name, size: size) }

    mutating func append(_ bytes: UnsafeRawBufferPointer) throws {
        try output.writeAll(bytes)
        position += UInt64(bytes.count)
    }

    mutating func endMember() throws { try pad(to: TarHeader.blockSize) }

    /// Bytes of a file as they are, without a header.
    mutating func copyBytes(from file: RandomAccessFile, _ range: Range<UInt64>) throws { try copy(file, range) }

    mutating func copyHead(from file: RandomAccessFile, size: UInt64) throws {
        try copy(file, 0..<size)
        try pad(to: BundleFile.alignment)
        start = position
    }

    mutating func finish(index: SHA256Digest) throws {
        try put([UInt8](repeating: 0, count: Int(2 * TarHeader.blockSize)))
        let trailer = Trailer(offset: start, length: position - start, index: index)
        try put(trailer.encode())
    }

    private mutating func header(_ name: String, size: UInt64) throws {
        guard name.utf8.count <= 99 else { throw PayloadError.unusable("the name '\(name)' is longer than 99 bytes") }
        try put(TarHeader(name: name, size: size, modificationTime: modificationTime).encode())
    }

    private mutating func put(_ bytes: [UInt8]) throws {
        try output.writeAll(bytes)
        position += UInt64(bytes.count)
    }

    private mutating func pad(to unit: UInt64) throws {
        let rest = position % unit
        if rest > 0 { try put([UInt8](repeating: 0, count: Int(unit - rest))) }
    }

    private mutating func copy(
        _ file: RandomAccessFile, _ range: Range<UInt64>, seen: (UnsafeRawBufferPointer) -> Void = { _ in }
    ) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        var offset = range.lowerBound
        while offset < range.upperBound {
            let count = Int(min(UInt64(buffer.count), range.upperBound - offset))
            let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
            try file.read(at: offset, into: piece)
            try output.writeAll(UnsafeRawBufferPointer(piece))
            seen(UnsafeRawBufferPointer(piece))
            offset += UInt64(count)
            try advanced(UInt64(count))
        }
        position += UInt64(range.count)
    }
}

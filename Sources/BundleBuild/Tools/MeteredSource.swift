import Archive

/// Tells of a member's bytes as they are read.
final class MeteredSource: ByteSource {
    private let source: any ByteSource
    private let meter: ByteMeter

    init(_ source: any ByteSource, _ meter: ByteMeter) {
        self.source = source
        self.meter = meter
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try source.read(into: buffer)
        try meter.add(UInt64(count))
        return count
    }

    /// Reads the rest.
    func drain() throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
        defer { buffer.deallocate() }
        while try read(into: buffer) > 0 {}
    }

    /// All that a source has.
    static func bytes(of source: any ByteSource) throws -> [UInt8] {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { buffer.deallocate() }
        var bytes: [UInt8] = []
        while true {
            let count = try source.read(into: buffer)
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }
}

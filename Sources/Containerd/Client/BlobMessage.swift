import NIOCore
import SwiftProtobuf

/// A WriteContentRequest whose data never becomes a field: it is copied once, behind the other fields.
struct BlobMessage: Sendable {
    var fields: Containerd_Services_Content_V1_WriteContentRequest
    var data: [UInt8] = []

    /// Field 6, as length-delimited bytes.
    private static let dataTag: UInt8 = 6 << 3 | 2

    /// As gRPC sends it, with its prefix.
    func framed() throws -> ByteBuffer {
        guard !data.isEmpty else { return try Self.framed(fields) }
        var head: [UInt8] = try fields.serializedBytes()
        head.append(Self.dataTag)
        var length = data.count
        while length >= 0x80 {
            head.append(UInt8(length & 0x7f) | 0x80)
            length >>= 7
        }
        head.append(UInt8(length))
        return Self.framed(head, data)
    }

    static func framed(_ message: some SwiftProtobuf.Message) throws -> ByteBuffer {
        framed(try message.serializedBytes(), [])
    }

    private static func framed(_ head: [UInt8], _ rest: [UInt8]) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(AnswerParser.prefixSize + head.count + rest.count)
        // Not compressed.
        buffer.writeInteger(UInt8(0))
        buffer.writeInteger(UInt32(head.count + rest.count))
        buffer.writeBytes(head)
        buffer.writeBytes(rest)
        return buffer
    }
}

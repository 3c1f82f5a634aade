import GRPCCore
import SwiftProtobuf

/// A WriteContentRequest whose data never becomes a field: it is copied once, behind the other fields.
struct BlobMessage: Sendable {
    var fields: Containerd_Services_Content_V1_WriteContentRequest
    var data: [UInt8] = []

    struct Coder: MessageSerializer {
        /// Field 6, as length-delimited bytes.
        private static let dataTag: UInt8 = 6 << 3 | 2

        func serialize<Bytes: GRPCContiguousBytes>(_ message: BlobMessage) throws -> Bytes {
            var head: [UInt8] = try message.fields.serializedBytes()
            guard !message.data.isEmpty else { return Bytes(head) }
            head.append(Self.dataTag)
            var length = message.data.count
            while length >= 0x80 {
                head.append(UInt8(length & 0x7f) | 0x80)
                length >>= 7
            }
            head.append(UInt8(length))
            var bytes = Bytes(repeating: 0, count: head.count + message.data.count)
            bytes.withUnsafeMutableBytes { buffer in
                buffer.copyBytes(from: head)
                UnsafeMutableRawBufferPointer(rebasing: buffer[head.count...]).copyBytes(from: message.data)
            }
            return bytes
        }
    }
}

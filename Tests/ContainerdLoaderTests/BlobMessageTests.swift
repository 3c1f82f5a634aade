import NIOCore
import SwiftProtobuf
import Testing

@testable import Containerd

struct BlobMessageTests {
    @Test(arguments: [0, 1, 127, 128, 300, 1 << 20])
    func theDataIsReadAsTheFieldThatItIs(count: Int) throws {
        let fields = Containerd_Services_Content_V1_WriteContentRequest.with {
            $0.action = .commit
            $0.ref = "a"
            $0.offset = 17
            $0.labels = ["k": "v"]
        }
        let data = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        var frame = try BlobMessage(fields: fields, data: data).framed()
        #expect(frame.readInteger() == UInt8(0))
        #expect(frame.readInteger() == UInt32(frame.readableBytes))
        let bytes = Array(frame.readableBytesView)
        let read = try Containerd_Services_Content_V1_WriteContentRequest(serializedBytes: bytes)
        #expect([UInt8](read.data) == data)
        #expect(read.action == .commit && read.ref == "a" && read.offset == 17 && read.labels == ["k": "v"])
    }
}

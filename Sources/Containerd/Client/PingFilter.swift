import NIOCore

/// Takes the PING frames that want an answer out of a stream of HTTP/2 frames.
///
/// A gRPC server in Go sends one after nearly every message, to measure the connection. swift-nio-http2 takes more than
/// 200 in 30 seconds for an attack and closes the connection, and its limit cannot be set through the transport. So they
/// are answered before it sees them.
struct PingFilter {
    private static let headerSize = 9
    private static let pingSize = 8
    private static let pingType: UInt8 = 6
    private static let acknowledged: UInt8 = 1

    /// Bytes of the current frame that pass as they are.
    private var passing = 0
    /// The beginning of a frame that is too short to tell.
    private var rest = ByteBuffer()

    /// - Parameters:
    ///   - input: the next bytes of the stream.
    ///   - answers: gets the frames to be sent.
    /// - Returns: the bytes without the pings.
    mutating func filter(_ input: ByteBuffer, answers: inout ByteBuffer) -> ByteBuffer {
        var input = input
        if rest.readableBytes > 0 {
            rest.writeBuffer(&input)
            input = rest
            rest = ByteBuffer()
        }
        var output = ByteBuffer()
        while input.readableBytes > 0 {
            if passing == 0 {
                guard let length = frameLength(input) else { break }
                if let ping = ping(input, length) {
                    guard input.readableBytes >= Self.headerSize + Self.pingSize else { break }
                    input.moveReaderIndex(forwardBy: Self.headerSize)
                    answers.writeBytes([0, 0, UInt8(Self.pingSize), ping, Self.acknowledged, 0, 0, 0, 0])
                    if var payload = input.readSlice(length: Self.pingSize) { answers.writeBuffer(&payload) }
                    continue
                }
                passing = Self.headerSize + length
            }
            guard var slice = input.readSlice(length: min(passing, input.readableBytes)) else { break }
            passing -= slice.readableBytes
            // Most reads hold no ping: then nothing is copied.
            if output.readableBytes == 0 { output = slice } else { output.writeBuffer(&slice) }
        }
        rest = input
        return output
    }

    /// Bytes of the payload of the frame that begins here; nil where its header is not there yet.
    private func frameLength(_ buffer: ByteBuffer) -> Int? {
        guard buffer.readableBytes >= Self.headerSize,
            let high: UInt16 = buffer.getInteger(at: buffer.readerIndex),
            let low: UInt8 = buffer.getInteger(at: buffer.readerIndex + 2)
        else { return nil }
        return Int(high) << 8 | Int(low)
    }

    /// The type of a frame that is a ping to be answered.
    private func ping(_ buffer: ByteBuffer, _ length: Int) -> UInt8? {
        guard length == Self.pingSize, let type: UInt8 = buffer.getInteger(at: buffer.readerIndex + 3),
            let flags: UInt8 = buffer.getInteger(at: buffer.readerIndex + 4)
        else { return nil }
        return type == Self.pingType && flags & Self.acknowledged == 0 ? type : nil
    }
}

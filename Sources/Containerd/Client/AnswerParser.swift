import NIOCore
import NIOHPACK
import NIOHTTP2

/// Takes messages and the closing status out of the frames that answer one call.
struct AnswerParser {
    /// Bytes of one message at most: what a server in Go takes too, by containerd's own setting.
    static let messageLimit = 16 << 20
    /// Before each message: whether it is compressed, and its length.
    static let prefixSize = 5

    private enum Stage {
        case headers
        case messages
        /// nil is success.
        case ended(CallFailure?)
    }

    private var stage = Stage.headers
    private var bytes = ByteBuffer()

    /// - Throws: `CallFailure` for what is no answer of gRPC.
    mutating func add(_ frame: HTTP2Frame.FramePayload) throws(CallFailure) {
        switch (frame, stage) {
        case (.headers(let frame), .headers): try begin(frame)
        case (.headers(let frame), .messages) where frame.endStream: end(frame.headers)
        case (.data(let frame), .messages):
            guard case .byteBuffer(var more) = frame.data else { throw Self.malformed("a file for data") }
            if bytes.readableBytes == 0 { bytes = more } else { bytes.writeBuffer(&more) }
            if frame.endStream { throw Self.malformed("it ends without a status") }
        case (.headers, _), (.data, _): throw Self.malformed("a frame out of order")
        // Whatever else belongs to a stream is the library's business.
        default: break
        }
    }

    /// The next message that is there as a whole.
    ///
    /// - Throws: `CallFailure` for one that is compressed, too long, or cut off.
    mutating func next() throws(CallFailure) -> ByteBuffer? {
        guard bytes.readableBytes >= Self.prefixSize, let flag: UInt8 = bytes.getInteger(at: bytes.readerIndex),
            let size: UInt32 = bytes.getInteger(at: bytes.readerIndex + 1)
        else { return try withoutMessage() }
        guard flag == 0 else { throw Self.malformed("a message compressed by nobody's wish") }
        guard size <= Self.messageLimit else {
            throw CallFailure(
                status: .resourceExhausted, reason: "a message of \(size) bytes, at most \(Self.messageLimit) are read")
        }
        guard bytes.readableBytes >= Self.prefixSize + Int(size) else { return try withoutMessage() }
        bytes.moveReaderIndex(forwardBy: Self.prefixSize)
        return bytes.readSlice(length: Int(size))
    }

    /// Whether nothing more comes.
    ///
    /// - Throws: the `CallFailure` that it ended with.
    func hasEnded() throws(CallFailure) -> Bool {
        guard case .ended(let failure) = stage else { return false }
        if let failure { throw failure }
        return true
    }

    private func withoutMessage() throws(CallFailure) -> ByteBuffer? {
        if case .ended(nil) = stage, bytes.readableBytes > 0 { throw Self.malformed("its last message is cut off") }
        return nil
    }

    private mutating func begin(_ frame: HTTP2Frame.FramePayload.Headers) throws(CallFailure) {
        let status = frame.headers.first(name: ":status") ?? "none"
        if status.utf8.count == 3, status.hasPrefix("1"), !frame.endStream { return }
        let type = frame.headers.first(name: "content-type") ?? "none"
        guard status == "200", type.hasPrefix("application/grpc") else {
            throw CallFailure(status: CallStatus(http: status), reason: "HTTP status \(status), content \(type)")
        }
        if frame.endStream { end(frame.headers) } else { stage = .messages }
    }

    private mutating func end(_ trailers: HPACKHeaders) {
        guard let code = trailers.first(name: "grpc-status").flatMap({ Int($0) }) else {
            stage = .ended(Self.malformed("it ends without a status"))
            return
        }
        let message = trailers.first(name: "grpc-message").map(Self.percentDecoded) ?? "no reason given"
        stage = .ended(code == 0 ? nil : CallFailure(status: CallStatus(code: code), reason: message))
    }

    private static func malformed(_ why: String) -> CallFailure {
        CallFailure(status: .other, reason: "the answer is not gRPC: \(why)")
    }

    /// What is not two hexadecimal digits after a percent sign stays as it is.
    private static func percentDecoded(_ text: String) -> String {
        let text = Array(text.utf8)
        var decoded: [UInt8] = []
        var index = 0
        while index < text.count {
            if text[index] == UInt8(ascii: "%"), index + 2 < text.count,
                let byte = UInt8(String(decoding: text[index + 1...index + 2], as: UTF8.self), radix: 16)
            {
                decoded.append(byte)
                index += 3
            } else {
                decoded.append(text[index])
                index += 1
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }
}

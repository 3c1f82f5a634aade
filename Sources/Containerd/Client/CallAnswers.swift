import NIOCore
import NIOHTTP2
import SwiftProtobuf

/// The messages that answer one call, as they come. For one task.
struct CallAnswers<Message: SwiftProtobuf.Message> {
    private var frames: NIOAsyncChannelInboundStream<HTTP2Frame.FramePayload>.AsyncIterator
    private var parser = AnswerParser()

    init(_ frames: NIOAsyncChannelInboundStream<HTTP2Frame.FramePayload>) {
        self.frames = frames.makeAsyncIterator()
    }

    /// - Returns: nil after the last one, and only where the call has succeeded.
    /// - Throws: `CallFailure`, `CancellationError`.
    mutating func next() async throws -> Message? {
        while true {
            if let bytes = try parser.next() {
                do {
                    return try Message(serializedBytes: Array(bytes.readableBytesView))
                } catch {
                    throw CallFailure(status: .other, reason: "an answer that cannot be read: \(error)")
                }
            }
            if try parser.hasEnded() { return nil }
            let frame: HTTP2Frame.FramePayload?
            do { frame = try await frames.next(isolation: #isolation) } catch is CancellationError {
                throw CancellationError()
            } catch {
                throw CallFailure(connection: error)
            }
            guard let frame else {
                try Task.checkCancellation()
                throw CallFailure(status: .unavailable, reason: "the connection ended before the answer")
            }
            try parser.add(frame)
        }
    }

    /// The only message of the answer.
    mutating func single() async throws -> Message {
        guard let message = try await next() else {
            throw CallFailure(status: .other, reason: "an answer without a message")
        }
        guard try await next() == nil else {
            throw CallFailure(status: .other, reason: "an answer with more than one message")
        }
        return message
    }
}

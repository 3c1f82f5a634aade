import NIOCore
import NIOHTTP2
import SwiftProtobuf

/// The sending side of one call that has begun. Writing waits until the server's windows have room.
struct CallWriter: Sendable {
    /// Nobody reads any longer: what the call came to stands in its answer.
    struct Closed: Error {}

    private let frames: NIOAsyncChannelOutboundWriter<HTTP2Frame.FramePayload>

    init(_ frames: NIOAsyncChannelOutboundWriter<HTTP2Frame.FramePayload>) { self.frames = frames }

    func write(_ message: some SwiftProtobuf.Message) async throws {
        try await write(try BlobMessage.framed(message))
    }

    /// - Parameter message: with its prefix.
    func write(_ message: ByteBuffer) async throws {
        try await write(.data(.init(data: .byteBuffer(message))))
    }

    func end() async throws {
        try await write(.data(.init(data: .byteBuffer(ByteBuffer()), endStream: true)))
    }

    private func write(_ frame: HTTP2Frame.FramePayload) async throws {
        do { try await frames.write(frame) } catch is CancellationError { throw CancellationError() } catch {
            throw Closed()
        }
    }
}

import NIOCore
import NIOHTTP2
import NIOPosix

/// HTTP/2 over a unix socket: connected at the first call, and again for a call after the connection was lost.
actor CallConnection {
    typealias Frame = HTTP2Frame.FramePayload
    typealias Stream = NIOAsyncChannel<Frame, Frame>

    private struct Open: Sendable {
        let channel: any Channel
        let streams: NIOHTTP2Handler.AsyncStreamMultiplexer<Void>
    }

    private let socket: String
    private var current: Task<Open, any Error>?
    /// Connections of servers that were going away.
    private var left: [any Channel] = []
    private var isClosed = false

    init(_ socket: String) { self.socket = socket }

    /// A stream for one call.
    ///
    /// - Throws: what connecting failed with.
    func stream() async throws -> Stream {
        try await open().streams.openStream { stream in
            stream.eventLoop.makeCompletedFuture { try Stream(wrappingChannelSynchronously: stream) }
        }
    }

    /// Begins no more calls on a connection. Those that were begun may end.
    func leave(_ channel: any Channel) async {
        guard let task = current, let open = try? await task.value, open.channel === channel, current == task else {
            return
        }
        current = nil
        left.append(channel)
    }

    /// Ends what is still open.
    func close() async {
        isClosed = true
        if let open = try? await current?.value { left.append(open.channel) }
        for channel in left { try? await channel.close() }
    }

    private func open() async throws -> Open {
        // Calls that come meanwhile wait for the same attempt.
        if let current {
            if let open = try? await current.value, open.channel.isActive { return open }
            if self.current == current { self.current = nil }
        }
        guard !isClosed else { throw ChannelError.alreadyClosed }
        let task: Task<Open, any Error>
        if let current {
            task = current
        } else {
            task = Task { [socket] in try await Self.connect(socket) }
            current = task
        }
        return try await task.value
    }

    private static func connect(_ socket: String) async throws -> Open {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(unixDomainSocketPath: socket) { channel in
                channel.configureAsyncHTTP2Pipeline(mode: .client, configuration: configuration) { pushed in
                    // A server of gRPC begins no streams.
                    pushed.close()
                }.map { Open(channel: channel, streams: $0) }
            }
    }

    private static var configuration: NIOHTTP2Handler.Configuration {
        var configuration = NIOHTTP2Handler.Configuration()
        // Limits against attackers, which containerd is not: its server, in Go, sends a PING after nearly every
        // message, to measure the connection, and resets streams whose requests it did not read to their end.
        configuration.connection.controlFrameRateLimit.maximumCount = 10_000
        configuration.connection.controlFrameRateLimit.windowLength = .seconds(1)
        configuration.stream.streamResetFrameRateLimit.maximumCount = 10_000
        configuration.stream.streamResetFrameRateLimit.windowLength = .seconds(1)
        configuration.stream.streamErrorRateLimit.maximumCount = 10_000
        configuration.stream.streamErrorRateLimit.windowLength = .seconds(1)
        // So that the next message is made while the last one is sent.
        configuration.stream.outboundBufferSizeHighWatermark = 256 << 10
        configuration.stream.outboundBufferSizeLowWatermark = 128 << 10
        return configuration
    }
}

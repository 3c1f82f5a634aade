import Logging
import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#endif

/// Connects one client to the first master that answers, and glues the two.
struct ProxyRelay: Sendable {
    /// Bytes that wait for a slow reader before the other side stops being read, and from where it goes on.
    static let waterMark = ChannelOptions.Types.WriteBufferWaterMark(low: 64 << 10, high: 256 << 10)

    let pool: MasterPool
    let connectTimeout: TimeAmount
    let logger: Logger

    /// Call on the client's event loop, when it is active.
    func start(_ client: any Channel) {
        connect(client, pool.next()[...])
    }

    private func connect(_ client: any Channel, _ masters: ArraySlice<Endpoint>) {
        guard client.isActive else { return }
        guard let master = masters.first else {
            logger.warning("no master takes a connection")
            client.close(mode: .all, promise: nil)
            return
        }
        let address: SocketAddress
        do {
            address = try master.socketAddress()
        } catch {
            return connect(client, masters.dropFirst())
        }
        bootstrap(on: client.eventLoop).connect(to: address).assumeIsolated().whenComplete { result in
            switch result {
            case .success(let backend):
                pool.track(backend, to: master)
                glue(client, backend)
            case .failure(let error):
                pool.failed(master, certain: true, reason: "\(error)")
                connect(client, masters.dropFirst())
            }
        }
    }

    private func glue(_ client: any Channel, _ backend: any Channel) {
        guard client.isActive else {
            backend.close(mode: .all, promise: nil)
            return
        }
        let (front, back) = GlueHandler.pair()
        do {
            try client.pipeline.syncOperations.addHandler(front)
            try backend.pipeline.syncOperations.addHandler(back)
            // Reading starts only now, when every byte has somewhere to go.
            try client.syncOptions?.setOption(.autoRead, value: true)
            try backend.syncOptions?.setOption(.autoRead, value: true)
        } catch {
            client.close(mode: .all, promise: nil)
            backend.close(mode: .all, promise: nil)
        }
    }

    private func bootstrap(on loop: any EventLoop) -> ClientBootstrap {
        ClientBootstrap(group: loop)
            .connectTimeout(connectTimeout)
            .channelOption(.autoRead, value: false)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.writeBufferWaterMark, value: Self.waterMark)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            // A master that lost its power sends no goodbye: notice within half a minute.
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.tcpOption(.init(rawValue: CInt(TCP_KEEPIDLE))), value: 10)
            .channelOption(.tcpOption(.init(rawValue: CInt(TCP_KEEPINTVL))), value: 5)
            .channelOption(.tcpOption(.init(rawValue: CInt(TCP_KEEPCNT))), value: 3)
            .channelOption(.tcpOption(.init(rawValue: CInt(TCP_USER_TIMEOUT))), value: 30_000)
    }
}

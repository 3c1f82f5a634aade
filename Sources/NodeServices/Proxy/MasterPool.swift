public import Logging
import NIOCore
import Synchronization

/// The masters with their health and the connections that are open to each.
public final class MasterPool: Sendable {
    private struct State {
        var rotation = MasterRotation()
        var connections: [Endpoint: [ObjectIdentifier: any Channel]] = [:]
    }

    private let state = Mutex(State())
    private let logger: Logger

    public init(_ masters: [Endpoint] = [], logger: Logger) {
        self.logger = logger
        replace(masters)
    }

    public var masters: [Endpoint] { state.withLock { $0.rotation.masters } }
    public var healthy: [Endpoint] { state.withLock { $0.rotation.healthy } }

    /// Connections to masters that are no longer in the list end at once.
    public func replace(_ list: [Endpoint]) {
        let (changed, gone) = state.withLock { state -> (Bool, [any Channel]) in
            guard state.rotation.masters != list else { return (false, []) }
            state.rotation.replace(list)
            let dropped = state.connections.filter { !list.contains($0.key) }.flatMap(\.value.values)
            return (true, dropped)
        }
        guard changed else { return }
        logger.notice("masters", metadata: ["list": "\(list.map(\.description).joined(separator: " "))"])
        for channel in gone { channel.close(mode: .all, promise: nil) }
    }

    func next() -> [Endpoint] { state.withLock { $0.rotation.next() } }

    func succeeded(_ master: Endpoint) {
        if state.withLock({ $0.rotation.succeeded(master) }) {
            logger.notice("master is healthy", metadata: ["master": "\(master)"])
        }
    }

    /// A master that turns unhealthy loses its connections, so that clients come back by another one; not when there
    /// is no other one, since a slow answer is better than none.
    func failed(_ master: Endpoint, certain: Bool, reason: String) {
        let (changed, dropped) = state.withLock { state -> (Bool, [any Channel]) in
            guard state.rotation.failed(master, certain: certain) else { return (false, []) }
            let others = !state.rotation.healthy.isEmpty
            return (true, others ? Array((state.connections[master] ?? [:]).values) : [])
        }
        guard changed else { return }
        logger.warning(
            "master is not healthy",
            metadata: ["master": "\(master)", "reason": "\(reason)", "dropped": "\(dropped.count)"])
        for channel in dropped { channel.close(mode: .all, promise: nil) }
    }

    /// Remembers a connection until it closes.
    func track(_ channel: any Channel, to master: Endpoint) {
        let id = ObjectIdentifier(channel)
        state.withLock { $0.connections[master, default: [:]][id] = channel }
        channel.closeFuture.whenComplete { [weak self] _ in
            self?.state.withLock { _ = $0.connections[master]?.removeValue(forKey: id) }
        }
    }
}

import NIOCore
import NIOPosix

/// Healthy is what takes a TCP connection.
public struct ConnectProbe: MasterProbe {
    /// Seconds.
    public let timeout: Int

    public init(timeout: Int = 3) {
        self.timeout = timeout
    }

    public func check(_ master: Endpoint) async -> String? {
        do {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(.seconds(Int64(timeout))).connect(to: master.socketAddress()).get()
            channel.close(mode: .all, promise: nil)
            return nil
        } catch {
            return "\(error)"
        }
    }
}

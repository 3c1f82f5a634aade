import BundleModel
import Host
import NodeServices
import SystemPackage
import Testing

struct APIProxyTests {
    private let loopback: IPAddress

    init() throws {
        loopback = try IPAddress("127.0.0.1")
    }

    private func proxy(_ masters: [Endpoint]) async throws -> (APIProxy, MasterPool) {
        let pool = MasterPool(masters, logger: Samples.quiet)
        return (try await APIProxy(address: loopback, port: 0, pool: pool, logger: Samples.quiet), pool)
    }

    private func greeting(_ endpoint: Endpoint) async throws -> String {
        try await BlockingPool.shared.run {
            String(decoding: try LoopbackClient(endpoint).read(2), as: UTF8.self)
        }
    }

    @Test func connectionsGoToTheMastersInTurn() async throws {
        let a = try await LoopbackBackend(.greet("a"))
        let b = try await LoopbackBackend(.greet("b"))
        let (proxy, _) = try await proxy([a.endpoint, b.endpoint])
        var seen: [String] = []
        for _ in 0..<4 { seen.append(try await greeting(proxy.endpoint)) }
        #expect(seen == ["a\n", "b\n", "a\n", "b\n"])
        try await proxy.close()
        try await a.kill()
        try await b.kill()
    }

    @Test func aDeadMasterIsPassedOverAndRemembered() async throws {
        let a = try await LoopbackBackend(.greet("a"))
        let b = try await LoopbackBackend(.greet("b"))
        let (proxy, pool) = try await proxy([a.endpoint, b.endpoint])
        try await a.kill()
        for _ in 0..<4 { #expect(try await greeting(proxy.endpoint) == "b\n") }
        #expect(pool.healthy == [b.endpoint])
        try await proxy.close()
        try await b.kill()
    }

    @Test func aMasterThatDiesMidConnectionEndsItAtOnce() async throws {
        let a = try await LoopbackBackend(.greet("a"))
        let b = try await LoopbackBackend(.greet("b"))
        let (proxy, _) = try await proxy([a.endpoint, b.endpoint])
        let client = try LoopbackClient(proxy.endpoint)
        #expect(try await BlockingPool.shared.run { try client.read(2) } == Array("a\n".utf8))
        async let end = BlockingPool.shared.run { try client.readToEnd() }
        try await a.kill()
        // The client's own reads end after 20 s with an error: this one saw the end of the connection.
        #expect(try await end == [])
        try await proxy.close()
        try await b.kill()
    }

    /// Also to a client that takes little at a time: what waits for it is still the proxy's when the master has ended.
    @Test(arguments: [nil, 4096] as [Int32?])
    func eightMebibytesComeBackEqualAfterAHalfClose(receiveBuffer: Int32?) async throws {
        let backend = try await LoopbackBackend(.echo)
        let (proxy, _) = try await proxy([backend.endpoint])
        let sent = (0..<(8 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
        let client = try LoopbackClient(proxy.endpoint, receiveBuffer: receiveBuffer)
        async let written: Void = BlockingPool.shared.run {
            try client.write(sent)
            client.finish()
        }
        let received = try await BlockingPool.shared.run { try client.readToEnd() }
        try await written
        let isEqual = received == sent
        #expect(isEqual, "\(received.count) bytes of \(sent.count)")
        try await proxy.close()
        try await backend.kill()
    }

    @Test func withoutAnyMasterConnectionsEnd() async throws {
        let (proxy, _) = try await proxy([])
        let endpoint = proxy.endpoint
        let received = try await BlockingPool.shared.run { try LoopbackClient(endpoint).readToEnd() }
        #expect(received == [])
        try await proxy.close()
    }
}

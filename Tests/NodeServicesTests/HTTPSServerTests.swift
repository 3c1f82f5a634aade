import BundleModel
import Host
import NodeServices
import Testing

struct HTTPSServerTests {
    /// A server that answers with what it was asked.
    private func echo(
        connections: Int = 64, ofOne: Int = 8, seconds: Int = 300,
        _ body: (HTTPSServer, TLSIdentity) async throws -> Void
    ) async throws {
        let identity = try Samples.identity()
        var limits = HTTPSServer.Limits()
        limits.body = 1000
        limits.connections = connections
        limits.connectionsOfOne = ofOne
        limits.seconds = seconds
        let server = try await HTTPSServer(
            address: try IPAddress("127.0.0.1"), port: 0, identity: identity, limits: limits, logger: Samples.quiet)
        let serving = Task {
            try await server.run {
                HTTPSResponse(status: 200, body: Array("\($0.path) ".utf8) + $0.peer.bytes + $0.body)
            }
        }
        defer { serving.cancel() }
        try await body(server, identity)
    }

    @Test func theHandlerSeesTheKeyThatTheClientHolds() async throws {
        try await echo { server, identity in
            let node = try Samples.identity("node")
            let client = try HTTPSClient(
                server.endpoint, trust: .pin(PublicKeyPin(identity.keyDigest)), identity: node)
            let answer = try await client.send(HTTPSRequest(.post, "/x?y=1", body: [1, 2, 3]))
            #expect(answer.status == 200)
            #expect(answer.body == Array("/x?y=1 ".utf8) + node.keyDigest.bytes + [1, 2, 3])
        }
    }

    @Test func aClientWithoutACertificateIsRefused() async throws {
        try await echo { server, identity in
            let client = try HTTPSClient(
                server.endpoint, trust: .pin(PublicKeyPin(identity.keyDigest)), identity: nil)
            await #expect(throws: NodeServicesError.self) { try await client.send(HTTPSRequest(.get, "/")) }
        }
    }

    @Test func aLargeBodyIsRefused() async throws {
        try await echo { server, identity in
            let client = try HTTPSClient(
                server.endpoint, trust: .pin(PublicKeyPin(identity.keyDigest)), identity: try Samples.identity())
            let answer = try await client.send(HTTPSRequest(.post, "/", body: [UInt8](repeating: 0, count: 1001)))
            #expect(answer.status == 413)
        }
    }

    @Test(.timeLimit(.minutes(10))) func whoeverComesWhenItIsFullIsSentAwayAndTheServiceGoesOn() async throws {
        try await echo(connections: 1) { server, identity in
            let client = try HTTPSClient(
                server.endpoint, trust: .pin(PublicKeyPin(identity.keyDigest)), identity: try Samples.identity())
            do {
                let silent = try LoopbackClient(server.endpoint)
                // Two connections may be taken in another order than they came in.
                while server.openConnections == 0 { try await Task.sleep(for: .milliseconds(5)) }
                for _ in 0..<50 {
                    let late = try LoopbackClient(server.endpoint)
                    let answer = try await BlockingPool.shared.run { try late.readToEnd() }
                    #expect(answer == [])
                }
                silent.finish()
            }
            // The silent one's place is free as soon as the server has noticed.
            var status = 0
            while status != 200 { status = (try? await client.send(HTTPSRequest(.get, "/")).status) ?? 0 }
        }
    }

    @Test(.timeLimit(.minutes(10))) func oneAddressCannotTakeThePlacesOfOthers() async throws {
        // The server waits longer than the client reads: whoever is let in is not taken for one sent away.
        try await echo(ofOne: 2, seconds: 900) { server, identity in
            let greedy = try (0..<2).map { _ in try LoopbackClient(server.endpoint, from: IPAddress("127.0.0.2")) }
            while server.openConnections < 2 { try await Task.sleep(for: .milliseconds(5)) }
            let third = try LoopbackClient(server.endpoint, from: IPAddress("127.0.0.2"))
            #expect(try await BlockingPool.shared.run { try third.readToEnd() } == [])
            // From 127.0.0.1.
            let other = try HTTPSClient(
                server.endpoint, trust: .pin(PublicKeyPin(identity.keyDigest)), identity: try Samples.identity())
            #expect(try await other.send(HTTPSRequest(.get, "/")).status == 200)
            withExtendedLifetime(greedy) {}
        }
    }

    @Test func aClientThatNeverSpeaksIsSentAway() async throws {
        try await echo(connections: 1, seconds: 1) { server, identity in
            let silent = try LoopbackClient(server.endpoint)
            #expect(try await BlockingPool.shared.run { try silent.readToEnd() } == [])
        }
    }

    @Test func anAuthorityVouchesForTheAddressOnly() async throws {
        try await echo { server, identity in
            // The test certificate is its own authority and names 127.0.0.1.
            let good = try HTTPSClient(
                server.endpoint, trust: .authorities(identity.chain), identity: try Samples.identity())
            #expect(try await good.send(HTTPSRequest(.get, "/")).status == 200)
            let other = try HTTPSClient(
                server.endpoint, trust: .authorities(try Samples.identity("other").chain),
                identity: try Samples.identity())
            await #expect(throws: NodeServicesError.self) { try await other.send(HTTPSRequest(.get, "/")) }
        }
    }
}

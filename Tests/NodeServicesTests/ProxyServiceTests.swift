import Host
import NodeServices
import Synchronization
import SystemPackage
import Testing

#if canImport(Glibc)
    import Glibc
#endif

struct ProxyServiceTests {
    /// Runs the service over a list on disk.
    private func run(
        _ masters: [Endpoint], probe: any MasterProbe, _ body: (Endpoint, FilePath) async throws -> Void
    ) async throws {
        var template = Array("/tmp/proxy-service.XXXXXX".utf8CString)
        let folder = FilePath(String(cString: try #require(mkdtemp(&template))))
        defer {
            try? FileSystem.remove(folder.appending(MasterList.fileName))
            try? FileSystem.remove(folder)
        }
        let list = folder.appending(MasterList.fileName)
        try MasterList(masters).save(list)
        var pace = ProxyService.Pace()
        pace.health = 20
        pace.listOnDisk = 20
        let service = ProxyService(
            root: HostRoot(folder), stateDirectory: folder, probe: probe, pace: pace, logger: Samples.quiet)
        let (bound, promise) = AsyncStream.makeStream(of: Endpoint.self)
        let running = Task {
            try await service.run(address: try IPAddress("127.0.0.1"), port: 0) { promise.yield($0) }
        }
        defer { running.cancel() }
        var first = bound.makeAsyncIterator()
        try await body(try #require(await first.next()), list)
    }

    private func greeting(_ endpoint: Endpoint) async throws -> String {
        try await BlockingPool.shared.run {
            String(decoding: try LoopbackClient(endpoint).read(2), as: UTF8.self)
        }
    }

    /// Asks until four connections in a row were answered by these only.
    private func waitFor(_ names: Set<String>, _ endpoint: Endpoint) async throws {
        for _ in 0..<10_000 {
            var seen: Set<String> = []
            for _ in 0..<4 { seen.insert(try await greeting(endpoint)) }
            if seen == names { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("never answered by \(names)")
    }

    @Test func anUnhealthyMasterLosesItsConnectionsAndComesBack() async throws {
        let a = try await LoopbackBackend(.greet("a"))
        let b = try await LoopbackBackend(.greet("b"))
        let probe = SwitchProbeForTests()
        try await run([a.endpoint, b.endpoint], probe: probe) { proxy, _ in
            try await waitFor(["a\n", "b\n"], proxy)
            let one = try LoopbackClient(proxy)
            let other = try LoopbackClient(proxy)
            let names = try await BlockingPool.shared.run { [try one.read(2), try other.read(2)] }
            let onA = names[0] == Array("a\n".utf8) ? one : other
            probe.set(a.endpoint, healthy: false)
            #expect(try await BlockingPool.shared.run { try onA.readToEnd() } == [])
            try await waitFor(["b\n"], proxy)
            probe.set(a.endpoint, healthy: true)
            try await waitFor(["a\n", "b\n"], proxy)
            withExtendedLifetime((one, other)) {}
        }
        try await a.kill()
        try await b.kill()
    }

    @Test func aChangedListIsReadAgainAndABadOneIsNot() async throws {
        let a = try await LoopbackBackend(.greet("a"))
        let b = try await LoopbackBackend(.greet("b"))
        try await run([a.endpoint], probe: ConnectProbe()) { proxy, list in
            try await waitFor(["a\n"], proxy)
            try MasterList([b.endpoint]).save(list)
            try await waitFor(["b\n"], proxy)
            try AtomicFile.write(Array("{".utf8), to: list)
            try await Task.sleep(for: .milliseconds(100))
            #expect(try await greeting(proxy) == "b\n")
        }
        try await a.kill()
        try await b.kill()
    }

    @Test(arguments: ["", "{}", #"{"schemaVersion":1,"masters":[]}"#, #"{"schemaVersion":1,"masters":["m0:6443"]}"#])
    func aListThatSaysNothingIsAnError(text: String) {
        #expect(throws: NodeServicesError.self) { try MasterList(json: Array(text.utf8), source: "masters.json") }
    }
}

public import Host
public import Logging
public import SystemPackage

/// Everything that `node-install proxy` does: the proxy, the health checks, the list of masters.
public struct ProxyService: Sendable {
    /// How often what happens, in milliseconds.
    public struct Pace: Sendable {
        public var health = 5_000
        public var listOnDisk = 2_000
        public var listInCluster = 30_000

        public init() {}
    }

    private let root: HostRoot
    private let list: FilePath
    private let probe: any MasterProbe
    private let pace: Pace
    private let logger: Logger
    private let pool: MasterPool

    /// - Parameter stateDirectory: holds masters.json.
    public init(
        root: HostRoot, stateDirectory: FilePath, probe: any MasterProbe, pace: Pace = Pace(), logger: Logger
    ) {
        self.root = root
        self.list = stateDirectory.appending(MasterList.fileName)
        self.probe = probe
        self.pace = pace
        self.logger = logger
        pool = MasterPool(logger: logger)
    }

    /// Runs until the task is cancelled or the listener fails.
    ///
    /// - Parameter port: 0 for any free one.
    public func run(
        address: IPAddress, port: UInt16, listening: @escaping @Sendable (Endpoint) -> Void = { _ in }
    ) async throws {
        readList()
        let proxy = try await APIProxy(address: address, port: port, pool: pool, logger: logger)
        listening(proxy.endpoint)
        logger.notice("proxy listens", metadata: ["endpoint": "\(proxy.endpoint)"])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await proxy.waitUntilClosed() }
            group.addTask { try await repeating(every: pace.health) { await checkHealth() } }
            group.addTask { try await repeating(every: pace.listOnDisk) { readList() } }
            group.addTask { try await repeating(every: pace.listInCluster) { await refreshList(proxy.endpoint) } }
            defer { group.cancelAll() }
            do {
                try await group.next()
            } catch {
                try? await proxy.close()
                throw error
            }
        }
    }

    private func repeating(every milliseconds: Int, _ work: () async -> Void) async throws {
        while true {
            await work()
            try await Task.sleep(for: .milliseconds(milliseconds))
        }
    }

    private func checkHealth() async {
        await withTaskGroup(of: Void.self) { group in
            for master in pool.masters {
                group.addTask {
                    if let reason = await probe.check(master) {
                        pool.failed(master, certain: false, reason: reason)
                    } else {
                        pool.succeeded(master)
                    }
                }
            }
        }
    }

    /// A list that cannot be read leaves the last good one in place.
    private func readList() {
        do {
            guard let found = try MasterList.load(list) else { return }
            pool.replace(found.masters)
        } catch {
            logger.warning("the list of masters cannot be read", metadata: ["reason": "\(error)"])
        }
    }

    private func refreshList(_ proxy: Endpoint) async {
        let files = KubeletFiles(root: root)
        guard files.arePresent else { return }
        do {
            let api = KubernetesAPI(try files.client(proxy))
            guard let map = try await api.configMap(ClusterObjects.mastersName),
                let text = map.data[MasterList.fileName]
            else { return }
            let found = try MasterList(json: Array(text.utf8), source: "ConfigMap \(ClusterObjects.mastersName)")
            guard found.masters != pool.masters else { return }
            try found.save(list)
            pool.replace(found.masters)
        } catch {
            logger.info("the list of masters was not refreshed", metadata: ["reason": "\(error)"])
        }
    }
}

import ArgumentParser
import CLISupport
import Host
import Logging
import NodeServices
import SystemPackage

/// `node-install join-service`: lets nodes with an invite in.
struct JoinServe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "join-service",
        abstract: "Serves nodes that hold an invite.",
        discussion: """
            Runs as node-install-join.service on every master.

              node-install join-service --listen 0.0.0.0:7444
            """)

    @Option(help: "Numeric address and port to listen on.")
    var listen = "0.0.0.0:7444"

    @OptionGroup var node: NodeOptions
    @OptionGroup var logging: LoggingOptions

    func run() async throws {
        await CommandRunner.run {
            let endpoint = try Endpoint(listen)
            let logger = logging.makeLogger(label: "join")
            let cluster = try KubeadmCluster(root: HostRoot(), processes: SystemProcessRunner())
            let identity = try await cluster.joinIdentity(JoinCertificate(stateDirectory: node.state))
            let service = JoinService(
                cluster: cluster, clock: SystemWallClock(), logger: logger,
                trust: { line in
                    try await BlockingPool.shared.run {
                        try ServiceWiring.trust(HostRoot(), productLine: line)
                    }
                })
            let server = try await HTTPSServer(
                address: endpoint.address, port: endpoint.port, identity: identity, logger: logger)
            logger.notice("join service listens", metadata: ["endpoint": "\(server.endpoint)"])
            try await server.run { await service.respond(to: $0) }
        }
    }
}

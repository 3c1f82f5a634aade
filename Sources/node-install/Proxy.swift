import ArgumentParser
import CLISupport
import Host
import NodeServices
import SystemPackage

/// `node-install proxy`: the service behind 127.0.0.1:7443.
struct Proxy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proxy",
        abstract: "Spreads connections to the Kubernetes API over the masters.",
        discussion: """
            Runs as node-install-proxy.service on every node, before the kubelet.

              node-install proxy --listen 127.0.0.1:7443
            """)

    @Option(help: "Numeric address and port to listen on.")
    var listen = "127.0.0.1:7443"

    @OptionGroup var node: NodeOptions
    @OptionGroup var logging: LoggingOptions

    func run() async throws {
        await CommandRunner.run {
            let endpoint = try Endpoint(listen)
            let service = ProxyService(
                root: HostRoot(), stateDirectory: node.state, probe: ReadyProbe(root: HostRoot()),
                logger: logging.makeLogger(label: "proxy"))
            try await service.run(address: endpoint.address, port: endpoint.port)
        }
    }
}

import ArgumentParser
import CLISupport
import Host
import NodeServices

/// `node-install routes`: routes to the other nodes' pods.
struct Routes: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "routes",
        abstract: "Keeps routes to the pods of the other nodes.",
        discussion: """
            Runs as node-install-routes.service where the pod network is 'bridge'.

              node-install routes --server 127.0.0.1:7443
            """)

    @Option(help: "The API server, ADDRESS:PORT.")
    var server = "127.0.0.1:7443"

    @Option(help: "Seconds between two looks.")
    var interval = 5

    @OptionGroup var logging: LoggingOptions

    func validate() throws {
        guard (1...3600).contains(interval) else { throw ValidationError("--interval takes 1 to 3600 seconds") }
    }

    func run() async throws {
        await CommandRunner.run {
            let keeper = RouteKeeper(
                root: HostRoot(), processes: SystemProcessRunner(), endpoint: try Endpoint(server),
                logger: logging.makeLogger(label: "routes"))
            try await keeper.run(interval: interval)
        }
    }
}

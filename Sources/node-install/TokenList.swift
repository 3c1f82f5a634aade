import ArgumentParser
import BundleModel
import CLISupport
import FoundationEssentials
import Host
import NodeServices

/// `node-install token list`: the invites, without their secrets.
struct TokenList: AsyncParsableCommand {
    /// What `--format json` prints.
    struct Result: Encodable {
        struct Row: Encodable {
            let id: InviteID
            let role: NodeRole
            /// `valid`, `used`, `expired`, `revoked`
            let state: String
            let uses: Int
            let nodes: [String]
            /// Seconds since 1970.
            let expiresAt: UInt64
        }
        let schemaVersion = 1
        let invites: [Row]
    }

    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the invites.", discussion: "  node-install token list --format json")

    @Option(help: "text or json.")
    var format = OutputFormat.text

    func run() async throws {
        await CommandRunner.run(format: format) {
            try Privilege.requireRoot()
            let cluster = try KubeadmCluster(root: HostRoot(), processes: SystemProcessRunner())
            let clock = SystemWallClock()
            let now = UInt64(max(0, clock.now.timeIntervalSince1970))
            let rows = try await InviteMaker(cluster: cluster, clock: clock).list().map {
                Result.Row(
                    id: $0.id, role: $0.role, state: $0.state(now: now), uses: $0.uses,
                    nodes: $0.bindings.map(\.nodeName), expiresAt: $0.expiresAt)
            }
            switch format {
            case .json:
                try StandardStreams.writeJSON(Result(invites: rows))
            case .text:
                for row in rows {
                    let until = Date(timeIntervalSince1970: TimeInterval(row.expiresAt)).formatted(.iso8601)
                    try StandardStreams.writeOutput(
                        "\(row.id)  \(row.role.rawValue)  \(row.state)  \(row.nodes.count) of \(row.uses) used  "
                            + "until \(until)  \(row.nodes.map(\.printable).joined(separator: " "))\n")
                }
            }
        }
    }
}

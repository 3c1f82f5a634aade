import ArgumentParser
import CLISupport
import Host
import NodeServices

/// `node-install token revoke ID`.
struct TokenRevoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Ends an invite; nodes that hold it and have not joined yet lose their tokens.",
        discussion: "  node-install token revoke ID")

    @Argument(help: "The invite's id, as 'token list' shows it.")
    var id: String

    func run() async throws {
        await CommandRunner.run {
            guard let id = InviteID(id) else { throw NodeServicesError.unknownInvite(id) }
            try Privilege.requireRoot()
            let cluster = try KubeadmCluster(root: HostRoot(), processes: SystemProcessRunner())
            try await InviteMaker(cluster: cluster, clock: SystemWallClock()).revoke(id)
        }
    }
}

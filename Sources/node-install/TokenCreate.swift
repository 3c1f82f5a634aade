import ArgumentParser
import BundleModel
import CLISupport
import Host
import NodeServices
import SystemPackage

/// `node-install token create`: prints an invite.
struct TokenCreate: AsyncParsableCommand {
    /// What `--format json` prints.
    struct Result: Encodable {
        let schemaVersion = 1
        let id: InviteID
        /// Nil where it went to a file.
        let invite: String?
        let role: NodeRole
        let uses: Int
        /// Seconds since 1970.
        let expiresAt: UInt64
        let masters: [Endpoint]
    }

    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Prints an invite: one line that lets a node into the cluster.",
        discussion: "  node-install token create --role worker --ttl 2h --uses 3 --output invite")

    @Option(
        help: "What the node is to be: worker.",
        transform: {
            guard let role = NodeRole(rawValue: $0) else { throw ValidationError("expected worker") }
            return role
        })
    var role = NodeRole.worker

    @Option(help: "How long it is valid: 30m, 2h, 7d.")
    var ttl = Lifetime(seconds: 2 * 3600)

    @Option(help: "How many nodes may join with it.")
    var uses = 1

    @Option(help: "A master's join service, ADDRESS:PORT; all masters when not given. Can be repeated.")
    var master: [String] = []

    @Option(help: "The join service's port on the masters.")
    var port: UInt16 = 7444

    @Option(
        help: ArgumentHelp("Writes it there instead, for root alone to read.", valueName: "file"), completion: .file())
    var output: String?

    @Option(help: "text or json.")
    var format = OutputFormat.text

    @OptionGroup var node: NodeOptions

    func validate() throws {
        guard role == .worker else { throw ValidationError("a cluster has one master in this version") }
        guard (1...1000).contains(uses) else { throw ValidationError("--uses takes 1 to 1000") }
        guard master.count <= Invite.mostMasters else {
            throw ValidationError("--master can be given \(Invite.mostMasters) times at most")
        }
    }

    func run() async throws {
        await CommandRunner.run(format: format) {
            try Privilege.requireRoot()
            let cluster = try KubeadmCluster(root: HostRoot(), processes: SystemProcessRunner())
            let identity = try await cluster.joinIdentity(JoinCertificate(stateDirectory: node.state))
            let services = master.isEmpty ? nil : try master.map { try Endpoint($0) }
            let invite = try await InviteMaker(cluster: cluster, clock: SystemWallClock()).make(
                role: role, pin: PublicKeyPin(identity.keyDigest), services: services, port: port,
                lifetime: ttl.seconds, uses: uses)
            if let output {
                try AtomicFile.write(Array("\(invite.text)\n".utf8), to: FilePath(output), mode: 0o600)
            }
            switch format {
            case .text:
                try StandardStreams.writeOutput(output.map { "wrote \($0)\n" } ?? invite.text + "\n")
            case .json:
                try StandardStreams.writeJSON(
                    Result(
                        id: invite.id, invite: output == nil ? invite.text : nil, role: invite.role, uses: uses,
                        expiresAt: invite.expiresAt, masters: invite.masters))
            }
        }
    }
}

import ArgumentParser
import BundleModel
import CLISupport
import InstallCore
import NodeServices

/// `node-install id`: this node's own key.
struct IdShow: AsyncParsableCommand {
    /// What `--format json` prints.
    struct Result: Encodable {
        let schemaVersion = 1
        let nodeKey: SHA256Digest
    }

    static let configuration = CommandConfiguration(
        commandName: "id",
        abstract: "Prints the fingerprint of this node's key, which invites bind to; makes the key when there is none.",
        discussion: "  node-install id")

    @Option(help: "text or json.")
    var format = OutputFormat.text

    @OptionGroup var node: NodeOptions

    func run() async throws {
        await CommandRunner.run(format: format) {
            // The node's own folder is root's; another one may be anybody's.
            if node.stateDirectory == NodePaths.state { try Privilege.requireRoot() }
            let identity = try NodeIdentity.loadOrMake(stateDirectory: node.state)
            switch format {
            case .text: try StandardStreams.writeOutput(KeyFingerprint.text(identity.keyDigest) + "\n")
            case .json: try StandardStreams.writeJSON(Result(nodeKey: identity.keyDigest))
            }
        }
    }
}

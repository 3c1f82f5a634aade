import ArgumentParser
import BundleModel
import CLISupport
import Host
import InstallCore
import Payload
import SystemPackage

struct InstallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "install", abstract: "Installs this node, or goes on where an earlier run stopped.",
        discussion: """
              ./k8s.run --role master --trusted-key release.pub --preflight-only
              ./k8s.run --role master --trusted-key release.pub
              ./k8s.run --role worker --trusted-key release.pub --join @invite
            """)

    @Option(help: "What this node is for: master or worker.")
    var role: NodeRole?

    @Option(help: "The invite for a worker: @FILE, '-' for standard input, 'prompt', or the invite itself.")
    var join: String?

    @Flag(name: .long, help: "Print what would be done, and do nothing.")
    var dryRun = false

    @Flag(name: .long, help: "Only look whether this node can be installed.")
    var preflightOnly = false

    @Option(name: .customLong("node-ip"), help: "This node's address. Default: that of the default route.")
    var nodeIP: String?

    @Option(name: .customLong("pod-cidr"), help: "The network of the pods. Default: 10.244.0.0/16.")
    var podCIDR: String?

    @Option(name: .customLong("service-cidr"), help: "The network of the Services. Default: 10.96.0.0/12.")
    var serviceCIDR: String?

    @Option(help: "A JSON file with further settings; see bundle-spec/node-config.schema.json.")
    var config: String?

    @Option(help: "A bundle to install from, instead of the one this program carries.")
    var bundle: String?

    @OptionGroup var trusted: BundleTrustOptions

    @Flag(name: .long, help: "Accept a bundle that is older than one this node has installed.")
    var allowOlder = false

    @Option(help: "full: check every needed pack before the first change; streaming: only as it is read.")
    var verify: Verification = .full

    @Option(help: "How images get into containerd: auto, direct or ctr. Default: auto, which is direct where it works.")
    var imageLoader: ImageLoaderChoice?

    @Flag(name: .long, help: "Never wait for a person: --join prompt is refused, and --join - at a terminal.")
    var yes = false

    @Option(help: "How to print results: text or json.")
    var format: OutputFormat = .text

    @Option(help: "How to show progress: auto, tty, plain, json or none.")
    var progress: ProgressStyle = .auto

    @OptionGroup var logging: SessionLogging

    enum Verification: String, ExpressibleByArgument, CaseIterable {
        case full
        case streaming
    }

    func run() async {
        await CommandRunner.run(format: format) {
            try Privilege.requireRoot()
            let configuration = try config.map { try NodeConfiguration.read(FilePath($0)) } ?? NodeConfiguration()
            let options = try InstallOptions(
                role: role, nodeIP: nodeIP, podCIDR: podCIDR, serviceCIDR: serviceCIDR,
                verifiesFirst: verify == .full, imageLoader: imageLoader, configuration: configuration)
            let isLook = dryRun || preflightOnly
            try ServiceWiring.check(options, join: join, asks: !yes)
            let file = try InstallBundle.open(bundle)
            // The program goes to the node too. One that cannot be told from its own payload is refused by now.
            if bundle != nil { _ = try InstallBundle.carried() }
            let trust = try trusted.decide(file)

            let context = try InstallSession.context(progress: progress, logging: logging, writesLog: !isLook)
            let services = try ServiceWiring.hooks(
                options: options, join: join, isLook: isLook, context: context)
            let installer = NodeInstaller(
                context: context, content: InstallBundle(file: file), trust: trust, options: options,
                services: services)
            if preflightOnly {
                try await showPreflight(installer)
            } else if dryRun {
                try await showPlan(installer)
            } else {
                let allowOlder = allowOlder
                let outcome = try await InstallSession.logged(context) {
                    try await installer.install(allowOlder: allowOlder)
                }
                try show(outcome)
            }
        }
    }

    private func showPreflight(_ installer: NodeInstaller) async throws {
        let report = try await installer.preflight()
        switch format {
        case .text: try StandardStreams.writeOutput(report.text)
        case .json: try StandardStreams.writeJSON(report)
        }
        guard report.passed else { throw ExitCode(InstallError.preflight(report.errors).category.exitCode) }
    }

    private func showPlan(_ installer: NodeInstaller) async throws {
        let plan = try await installer.plan()
        switch format {
        case .text:
            for step in plan {
                try StandardStreams.writeOutput("\(step.step):\(step.changes.isEmpty ? " done" : "")\n")
                for change in step.changes { try StandardStreams.writeOutput("  \(change)\n") }
            }
        case .json: try StandardStreams.writeJSON(plan)
        }
    }

    private struct Result: Codable {
        var schemaVersion = 1
        var node: RunRecord
        var applied: [String]
    }

    private func show(_ outcome: NodeInstaller.Outcome) throws {
        switch format {
        case .json: try StandardStreams.writeJSON(Result(node: outcome.node, applied: outcome.applied))
        case .text:
            let node = "\(outcome.node.role.rawValue) \(outcome.node.nodeName) (\(outcome.node.nodeIP))"
            guard !outcome.applied.isEmpty else {
                try StandardStreams.writeOutput("\(node) is installed already; nothing was changed\n")
                return
            }
            var text = "\(node) runs Kubernetes \(outcome.node.kubernetes)\n"
            if outcome.node.role == .master {
                text += """
                    use it:       export KUBECONFIG=/etc/kubernetes/admin.conf; kubectl get nodes
                    add a worker: node-install token create --role worker

                    """
            }
            try StandardStreams.writeOutput(text)
        }
    }
}

import BundleModel
import Host

/// What an installation is about: the node, the bundle and the choices. Reading it changes nothing.
struct InstallTarget: Sendable {
    let context: NodeContext
    let content: any BundleContent
    let options: InstallOptions
    /// The node's name, address and networks as chosen.
    let node: RunRecord
    let services: ServiceHooks

    var index: BundleIndex { content.index }
    var release: Release { index.release }
    var root: HostRoot { context.root }
    var runner: any ProcessRunner { context.runner }
    var isMaster: Bool { options.role == .master }
    var osRelease: String { FactGatherer(context: context).osRelease }

    /// Packs of one kind that this node needs, in the bundle's order.
    func packs(_ kind: Pack.Content) -> [Pack] {
        index.packs.filter {
            $0.content == kind && $0.selector.selects(role: options.role, osRelease: osRelease)
        }
    }

    func state() throws -> JournalState { JournalState(try JournalReader.entries(root)) }

    /// Images of the lock that nodes of this role load, with their packs.
    var bundleImages: BundleImages { BundleImages(content, role: options.role) }

    var imageLoader: ImageLoaderChoice { node.imageLoader ?? .auto }

    /// Whether a file is there with this content and mode.
    func has(_ bytes: [UInt8], at path: String, mode: UInt16 = 0o644) throws -> Bool {
        guard let status = try FileSystem.status(root.resolve(path)), status.kind == .file, status.mode == mode else {
            return false
        }
        return try FileSystem.read(root.resolve(path)) == bytes
    }

    func has(_ text: String, at path: String, mode: UInt16 = 0o644) throws -> Bool {
        try has(Array(text.utf8), at: path, mode: mode)
    }

    /// A unit that must run and start at boot.
    func problem(withUnit unit: String) async throws -> String? {
        if try await runner.run(Command("systemctl", ["is-active", "--quiet", unit])).status != 0 {
            return "\(unit) does not run"
        }
        let enabled = try await runner.run(Command("systemctl", ["is-enabled", unit])).standardOutput
        return enabled.hasPrefix("enabled") ? nil : "\(unit) does not start at boot"
    }

    /// Asks or tells the cluster something that is tried again later: no answer in time is one more failure.
    func ask(_ arguments: [String], input: Command.Input = .none, timeout: Int = 60) async throws -> CommandResult {
        do {
            return try await runner.run(kubectl(arguments, input: input, timeout: timeout))
        } catch HostError.timedOut(_, let seconds, _) {
            return CommandResult(status: 1, standardError: "no answer within \(seconds) s\n")
        }
    }

    /// kubectl with what this node may use.
    func kubectl(_ arguments: [String], input: Command.Input = .none, timeout: Int = 60) -> Command {
        let credentials = isMaster ? NodePaths.adminConf : NodePaths.kubeletConf
        return Command(
            NodePaths.binary("kubectl"),
            ["--kubeconfig", credentials, "--cache-dir", NodePaths.kubectlCache] + arguments, input: input,
            timeout: timeout)
    }
}

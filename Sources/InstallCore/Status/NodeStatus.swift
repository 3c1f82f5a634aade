public import BundleModel
import FoundationEssentials
public import Host

/// What `node-install status` answers, from the journal alone.
public struct NodeStatus: Codable, Hashable, Sendable {
    public enum Phase: String, Codable, Sendable {
        case notInstalled
        case interrupted
        case installed
        case resetting
    }

    public var schemaVersion = 1
    public var phase: Phase
    public var stepsDone: [String]
    /// The step where an interrupted run goes on; some nodes pass over one or the other.
    public var stepReached: String?
    public var nextCommand: String
    public var role: NodeRole?
    public var nodeName: String?
    public var nodeIP: String?
    public var kubernetes: String?
    public var releaseID: SHA256Digest?
    public var sequence: UInt64?
    /// Nil too when any run skipped the signature: the key of another one does not vouch for that.
    public var keyFingerprint: SHA256Digest?
    public var signatureSkipped: Bool
    public var installedAt: String?

    /// - Throws: `InstallError.journalDamaged`, `.journalNewer`, `HostError`.
    public init(root: HostRoot) throws {
        let state = JournalState(try JournalReader.entries(root))
        let installed = try FileSystem.readIfPresent(root.resolve(NodePaths.installed)).flatMap {
            try? CanonicalJSON.decode(InstalledRecord.self, from: Data($0))
        }
        if state.resetting {
            phase = .resetting
        } else if state.run == nil {
            phase = .notInstalled
        } else {
            phase = state.finished ? .installed : .interrupted
        }
        stepsDone = StepCatalog.all.map(\.name).filter { state.stepsDone.contains($0) }
        stepReached = phase == .interrupted ? Self.step(state) : nil
        let role = state.run?.role.rawValue ?? "master"
        switch phase {
        case .notInstalled: nextCommand = "./BUNDLE.run --role master, or --role worker --join @INVITE"
        case .interrupted:
            nextCommand =
                "the same command again: ./BUNDLE.run --role \(role)"
                + (role == "worker" ? " --join @INVITE" : "")
        case .installed:
            nextCommand =
                role == "master"
                ? "node-install token create --role worker" : "kubectl get nodes, on a master"
        case .resetting: nextCommand = "\(NodePaths.executable) reset"
        }
        self.role = state.run?.role
        nodeName = state.run?.nodeName
        nodeIP = state.run?.nodeIP
        kubernetes = state.run?.kubernetes
        releaseID = state.run?.releaseID
        sequence = state.run?.sequence
        signatureSkipped = state.signatureSkipped
        keyFingerprint = signatureSkipped ? nil : state.run?.keyFingerprint
        installedAt = installed?.installedAt
    }

    /// The step that was begun and is not done, else the one after the last that is.
    private static func step(_ state: JournalState) -> String? {
        guard let last = state.lastStep else { return StepCatalog.all.first?.name }
        guard state.stepsDone.contains(last) else { return last }
        let role = state.run?.role ?? .master
        return StepCatalog.all.drop { $0.name != last }.dropFirst().first { $0.roles.contains(role) }?.name
    }

    /// For people.
    public var text: String {
        var lines = ["state: \(phase.rawValue)"]
        if let nodeName, let role, let kubernetes, let nodeIP {
            lines.append("node: \(nodeName), \(role.rawValue), \(nodeIP), Kubernetes \(kubernetes)")
        }
        if !stepsDone.isEmpty { lines.append("steps done: \(stepsDone.joined(separator: ", "))") }
        if let stepReached { lines.append("step reached: \(stepReached)") }
        if let sequence, let releaseID { lines.append("installed from: sequence \(sequence), release \(releaseID)") }
        if signatureSkipped {
            lines.append("signed by: NOT CHECKED (--insecure-skip-signature)")
        } else if let keyFingerprint {
            lines.append("signed by: \(KeyFingerprint.text(keyFingerprint))")
        }
        if let installedAt { lines.append("installed at: \(installedAt)") }
        lines.append("next: \(nextCommand)")
        return lines.joined(separator: "\n") + "\n"
    }
}

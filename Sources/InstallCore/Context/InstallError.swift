public import BundleModel
import Host

/// What can end an installation, a status query or a reset.
public enum InstallError: Error {
    case notRoot(uid: UInt32)
    case busy(lock: String, owner: Int32?)
    case journalDamaged(path: String, line: Int, reason: String)
    case journalNewer(found: Int, known: Int)
    case untrusted(reason: String, command: String)
    case badKeyArgument(source: String, reason: String)
    case statementNotTrusted(keys: Int)
    case olderStatement(number: UInt64, seen: UInt64)
    case olderSequence(productLine: String, bundle: UInt64, seen: UInt64)
    case olderThanCluster(productLine: String, bundle: UInt64, lowest: UInt64)
    case preflight([Finding])
    case foreignState(what: String, hint: String)
    case invalidOption(name: String, value: String, expected: String)
    case configuration(path: String, reason: String)
    case otherRelease(installed: String, bundle: String)
    case otherRole(installed: String, asked: String)
    case joinMissing
    /// Images that are asked for by a digest which loading through ctr does not keep.
    case pinnedImages([String])
    /// `--image-loader direct` was asked for, and this containerd cannot.
    case imageLoader(reason: String)
    /// Chains of layers that cannot be loaded anew: an interrupted import may have left them empty, and something that
    /// is not ours keeps them.
    case layersInUse([String], namespace: String)
    case step(name: String, reason: String)
    case notReady(what: String, seconds: Int, detail: String)
    case undoIncomplete([LeftOver])
    case notInstalled
    case notConfirmed
}

extension InstallError: Diagnostic {
    public var category: DiagnosticCategory {
        switch self {
        case .notRoot: .notRoot
        case .busy: .busy
        case .journalDamaged: .foreignState
        case .journalNewer: .incompatibleVersions
        case .untrusted: .untrustedKey
        case .badKeyArgument, .invalidOption, .configuration, .joinMissing: .invalidInput
        case .statementNotTrusted: .untrustedKey
        case .olderSequence, .olderThanCluster, .olderStatement: .olderSequence
        case .pinnedImages: .invalidInput
        case .imageLoader, .layersInUse: .stepFailed
        case .preflight(let findings): Self.category(of: findings)
        case .foreignState, .otherRelease, .otherRole: .foreignState
        case .step: .stepFailed
        case .notReady: .notReady
        case .undoIncomplete: .undoIncomplete
        case .notInstalled, .notConfirmed: .invalidInput
        }
    }

    public var message: String {
        switch self {
        case .notRoot(let uid): "needs root, runs as user \(uid)"
        case .busy(let lock, let owner):
            "another run holds \(lock)" + (owner.map { ": process \($0)" } ?? "")
        case .journalDamaged(let path, let line, let reason): "\(path) line \(line): \(reason)"
        case .journalNewer(let found, let known): "the journal has schema \(found), this program knows \(known)"
        case .untrusted(let reason, _): reason
        case .badKeyArgument(let source, let reason): "\(source): \(reason)"
        case .statementNotTrusted(let keys):
            "the signature over the statement is by none of the \(keys) keys that are trusted here"
        case .olderStatement(let number, let seen):
            "the statement's number is \(number), and this node has obeyed number \(seen) of the same signer"
        case .olderSequence(let line, let bundle, let seen):
            "the bundle's sequence \(bundle) of '\(line)' is older than \(seen), which this node has installed"
        case .olderThanCluster(let line, let bundle, let lowest):
            "the bundle's sequence \(bundle) of '\(line)' is older than \(lowest), the lowest that the cluster allows"
        case .preflight(let findings):
            "the node does not meet \(findings.count == 1 ? "a requirement" : "\(findings.count) requirements"); "
                + "nothing was changed\n"
                + findings.map { "  \($0.id): \($0.cause)\n    fix: \($0.fix)" }.joined(separator: "\n")
        case .foreignState(let what, _): what
        case .invalidOption(let name, let value, let expected): "\(name) '\(value)': expected \(expected)"
        case .configuration(let path, let reason): "\(path): \(reason)"
        case .otherRelease(let installed, let bundle):
            "this node was installed from release \(installed), the bundle is \(bundle)"
        case .otherRole(let installed, let asked): "this node is a \(installed), not a \(asked)"
        case .joinMissing: "a worker needs an invite: --join @FILE, '-' for standard input, or 'prompt'"
        case .pinnedImages(let names):
            "images are asked for by digest and would have another one once loaded by ctr: "
                + names.joined(separator: ", ")
        case .imageLoader(let reason): "images cannot go straight into containerd: \(reason)"
        case .layersInUse(let chains, _):
            "layers are in use that may be empty since the machine went down during an import: "
                + chains.joined(separator: ", ")
        case .step(let name, let reason): "step '\(name)' failed: \(Redaction.clean(reason))"
        case .notReady(let what, let seconds, let detail):
            "\(what) was not Ready after \(seconds) s" + (detail.isEmpty ? "" : ":\n\(Redaction.clean(detail))")
        case .undoIncomplete(let left):
            "left in place:\n" + left.map { "  \($0.what): \($0.reason)" }.joined(separator: "\n")
        case .notInstalled: "there is no installation here: \(NodePaths.journal) does not exist"
        case .notConfirmed: "not confirmed; nothing was changed"
        }
    }

    public var hint: String {
        switch self {
        case .notRoot: "run it with sudo"
        case .busy: "wait for it to end, then run the same command again"
        case .journalDamaged: "the node's disk lost data; keep the file for a report, and reinstall the machine"
        case .journalNewer: "use the newer node-install that wrote it: \(NodePaths.executable)"
        case .untrusted(_, let command): command
        case .badKeyArgument: "give a PEM file with an Ed25519 public key, or SHA256: and 64 hex digits"
        case .statementNotTrusted: "name the file with its signer's public key: --trusted-key FILE"
        case .olderStatement: "apply the signer's newest statement"
        case .olderSequence, .olderThanCluster: "take the newer bundle, or add --allow-older"
        case .preflight: "fix them and run the same command again; --preflight-only looks again without installing"
        case .foreignState(_, let hint): hint
        case .invalidOption(let name, _, _): "give another \(name), or none where it has a default: --help lists them"
        case .configuration(let path, _): "mend \(path), or name the right file"
        case .otherRelease: "run '\(NodePaths.executable) reset' first, or use the bundle it was installed from"
        case .otherRole: "run '\(NodePaths.executable) reset' first"
        case .joinMissing: "on a master: node-install token create --role worker"
        case .pinnedImages: "make the bundle with --original-layers for each of them"
        case .imageLoader: "--image-loader auto takes ctr then"
        case .layersInUse(_, let namespace):
            "stop the kubelet, remove what uses them (crictl rmp -fa, other containers and images), run the same command "
                + "again, and start the kubelet; only if they are known to be whole, take the mark away: "
                + "ctr -n \(namespace) namespaces label \(namespace) \(ImportMark.label)="
        case .step, .notReady: "the log is \(NodePaths.log); run the same command again, it continues"
        case .undoIncomplete: "look at each; what was changed by others is not ours to remove"
        case .notInstalled: "run this on a node that was installed; 'node-install status' shows what is here"
        case .notConfirmed: "add --yes to go on without the question"
        }
    }

    private static func category(of findings: [Finding]) -> DiagnosticCategory {
        // One cause that has its own exit code keeps it; a mixture is a failed preflight.
        let categories = Set(findings.map(\.category))
        return categories.count == 1 ? categories.first ?? .preflightFailed : .preflightFailed
    }
}

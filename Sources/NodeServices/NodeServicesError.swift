public import BundleModel
import SystemPackage

/// What can go wrong between this node and the others.
public enum NodeServicesError: Error, Equatable {
    /// Not a numeric address (with its port where one is needed). Holds the raw text.
    case badAddress(String)
    /// A service on this node cannot listen.
    case cannotListen(endpoint: String, reason: String)
    /// No TCP or TLS connection.
    case unreachable(endpoint: String, reason: String)
    case timedOut(endpoint: String, seconds: Int)
    /// Something answers that is not what we speak with.
    case badAnswer(endpoint: String, reason: String)
    /// The certificate is another one than the invite names.
    case pinMismatch(endpoint: String, expected: String, actual: String)
    /// A certificate or key of ours cannot be used.
    case badCredentials(path: String, reason: String)
    /// The API server answers with a status that is not a success.
    case apiRefused(request: String, status: Int, reason: String)
    /// Somebody else changed the object first, again and again.
    case conflict(object: String, attempts: Int)
    /// A document of ours cannot be read.
    case badDocument(path: String, reason: String)
    /// None of the invite's masters answers. One reason for each.
    case noMasterAnswers([String])
    /// The join service says no.
    case refused(JoinRefusal)
    /// There is no such invite.
    case unknownInvite(String)
    /// This command needs a file that only a master has.
    case notAMaster(missing: String)
}

extension NodeServicesError: Diagnostic {
    public var category: DiagnosticCategory {
        switch self {
        case .badAddress, .badCredentials, .badDocument, .unknownInvite, .notAMaster: .invalidInput
        case .cannotListen: .preflightFailed
        case .unreachable, .timedOut, .badAnswer, .noMasterAnswers: .joinUnreachable
        case .pinMismatch: .inviteRefused
        case .apiRefused, .conflict: .stepFailed
        case .refused(let refusal): refusal.category
        }
    }

    public var message: String {
        switch self {
        case .badAddress(let text):
            "'\(text)' is not a numeric address with the port it needs, such as 10.0.0.1:6443 or [fd00::1]:6443"
        case .cannotListen(let endpoint, let reason): "cannot listen on \(endpoint): \(reason)"
        case .unreachable(let endpoint, let reason): "cannot reach \(endpoint): \(reason)"
        case .timedOut(let endpoint, let seconds): "\(endpoint) did not answer within \(seconds) s"
        case .badAnswer(let endpoint, let reason): "\(endpoint) gave an answer that cannot be used: \(reason)"
        case .pinMismatch(let endpoint, let expected, let actual):
            "\(endpoint) shows the certificate \(actual), the invite names \(expected)"
        case .badCredentials(let path, let reason): "\(path) cannot be used for TLS: \(reason)"
        case .apiRefused(let request, let status, let reason):
            "the API server answered \(request) with status \(status): \(reason)"
        case .conflict(let object, let attempts):
            "\(object) was changed by others during each of \(attempts) attempts to update it"
        case .badDocument(let path, let reason): "\(path) cannot be read: \(reason)"
        case .noMasterAnswers(let reasons): "no master of the invite answers: " + reasons.joined(separator: "; ")
        case .refused(let refusal): refusal.message
        case .unknownInvite(let id): "there is no invite \(id)"
        case .notAMaster(let missing): "\(missing) is not there, so this node is not a master"
        }
    }

    public var hint: String {
        switch self {
        case .badAddress: "host names are not looked up here; give the number"
        case .cannotListen: "see what holds the port: ss -ltnp"
        case .unreachable, .timedOut, .noMasterAnswers:
            "check that the node-install-join service runs on a master and that its port is open from here"
        case .pinMismatch: "make a new invite on a master; if it happens again, somebody is in between"
        case .refused(let refusal):
            refusal.hint.isEmpty ? "on the master, 'journalctl -u node-install-join' says more" : refusal.hint
        case .conflict: "run the same command again"
        case .unknownInvite: "'node-install token list' shows them"
        case .notAMaster: "run this on a master"
        case .badAnswer: "check that the address and the port are those of a master's service"
        case .badCredentials, .badDocument:
            "see who changed the file; 'node-install reset' and a new installation make it"
        case .apiRefused: "see that the API server is well: kubectl get --raw /readyz?verbose"
        }
    }
}

/// What kind of failure ended a command. Each kind has one exit code, listed in docs/exit-codes.md.
public enum DiagnosticCategory: String, CaseIterable, Sendable, Codable {
    // A fault of ours, or something nobody foresaw.
    case `internal`
    // The command line (sysexits' EX_USAGE, which ArgumentParser uses too).
    case usage

    // What was asked for.
    case invalidInput
    case unknownVersion
    case incompatibleVersions
    case missingArtifact

    // The online side.
    case upstreamUnreachable
    case upstreamMismatch
    case upstreamRefused

    // The file.
    case bundleDamaged
    case signatureInvalid
    case untrustedKey
    case revokedKey
    case olderSequence
    case notABundle

    // The node.
    case preflightFailed
    case notRoot
    case busy
    case noSpace
    case foreignState
    case baseMissing
    case stepFailed
    case notReady
    case undoIncomplete
    case hostCommandFailed

    // Joining.
    case inviteMalformed
    case inviteExpired
    case inviteRefused
    case inviteUsed
    case joinUnreachable
    case clockSkew
    case releaseMismatch

    case interrupted

    /// The process's exit status for this kind of failure. Part of the interface: never renumber.
    public var exitCode: Int32 {
        switch self {
        case .internal: 1
        case .invalidInput: 10
        case .unknownVersion: 11
        case .incompatibleVersions: 12
        case .missingArtifact: 13
        case .upstreamUnreachable: 20
        case .upstreamMismatch: 21
        case .upstreamRefused: 22
        case .bundleDamaged: 30
        case .signatureInvalid: 31
        case .untrustedKey: 32
        case .revokedKey: 33
        case .olderSequence: 34
        case .notABundle: 35
        case .preflightFailed: 40
        case .notRoot: 41
        case .busy: 42
        case .noSpace: 43
        case .foreignState: 44
        case .baseMissing: 45
        case .stepFailed: 50
        case .notReady: 51
        case .undoIncomplete: 52
        case .hostCommandFailed: 53
        case .usage: 64
        case .inviteMalformed: 70
        case .inviteExpired: 71
        case .inviteRefused: 72
        case .inviteUsed: 73
        case .joinUnreachable: 74
        case .clockSkew: 75
        case .releaseMismatch: 76
        case .interrupted: 130
        }
    }

    /// One line for the documentation's table.
    public var summary: String {
        switch self {
        case .internal: "unexpected failure; a bug report helps"
        case .usage: "the command line is wrong"
        case .invalidInput: "a value or an input file is not acceptable"
        case .unknownVersion: "a version that the matrix does not know"
        case .incompatibleVersions:
            "versions that do not go together: by a rule of the matrix, or a file of a later format than the program's"
        case .missingArtifact: "something the bundle needs is nowhere to be found"
        case .upstreamUnreachable: "an upstream does not answer or stalls"
        case .upstreamMismatch: "an upstream's content differs from what was published or pinned"
        case .upstreamRefused: "an upstream refuses (401, 403, 429)"
        case .bundleDamaged: "the bundle is damaged or truncated"
        case .signatureInvalid: "no valid signature over the index"
        case .untrustedKey: "signed by a key that this machine was not told to trust"
        case .revokedKey: "signed by a revoked key"
        case .olderSequence: "older than what this node or its cluster has accepted"
        case .notABundle: "the file is not a bundle, or carries no payload"
        case .preflightFailed: "the node does not meet a requirement; nothing was changed"
        case .notRoot: "needs root"
        case .busy: "another run holds the lock"
        case .noSpace: "not enough free space"
        case .foreignState: "the node belongs to another cluster or runtime"
        case .baseMissing: "the bundle is a delta, and something of its base is not there; nothing was changed"
        case .stepFailed: "a step of the installation failed; run the same command again"
        case .notReady: "the node or the cluster did not become Ready in time"
        case .undoIncomplete: "reset left something behind, listed in its report"
        case .hostCommandFailed: "a program on the host failed"
        case .inviteMalformed: "the invite cannot be read"
        case .inviteExpired: "the invite has expired"
        case .inviteRefused: "the invite's secret was refused"
        case .inviteUsed: "the invite was used by another node"
        case .joinUnreachable: "no master answers for the join"
        case .clockSkew: "the clocks differ too much"
        case .releaseMismatch: "the bundle is not the cluster's release"
        case .interrupted: "interrupted"
        }
    }
}

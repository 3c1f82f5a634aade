public import BundleModel

/// What preflight found on a node, and what it chose. Printed by `--preflight-only --format json`.
public struct PreflightReport: Codable, Hashable, Sendable {
    public var schemaVersion = 1
    public var role: NodeRole
    public var nodeName: String
    /// Nil when none could be chosen.
    public var nodeIP: String?
    /// Bytes that the installation will write, by the folder that holds them.
    public var bytesNeeded: [String: UInt64]
    public var findings: [Finding]

    public var errors: [Finding] { findings.filter { $0.severity == .error } }
    public var passed: Bool { errors.isEmpty }

    /// For people.
    public var text: String {
        var lines = ["node \(nodeName), role \(role.rawValue), address \(nodeIP ?? "none")"]
        for finding in findings {
            lines.append("\(finding.severity.rawValue): \(finding.id): \(finding.cause)")
            if !finding.fix.isEmpty { lines.append("  fix: \(finding.fix)") }
        }
        let warnings = findings.count { $0.severity == .warning }
        lines.append(
            passed ? "preflight passed, \(warnings) warnings" : "preflight failed: \(errors.count) errors")
        return lines.joined(separator: "\n") + "\n"
    }
}

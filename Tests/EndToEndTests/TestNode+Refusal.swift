import BundleModel
import Host
import Testing

extension TestNode {
    /// A command that has to be refused, as docs/exit-codes.md says, with words that help, and without a change.
    struct Refusal {
        let command: [String]
        let category: DiagnosticCategory
        /// What is wrong, in the message.
        let cause: String
        /// What to do about it, in the message.
        let fix: String
        /// Path prefixes that may change besides the log, which is there to be written.
        var mayChange: [String] = []
    }

    /// Path prefixes that change on a node whatever runs: the installer's log and systemd's own state.
    static let restless = ["/var/log/", "/var/lib/systemd/"]

    /// Prepares the node, expects the refusal, takes the preparation back, and compares the file tree with `before`.
    ///
    /// - Parameters:
    ///   - prepare: shell commands for the node, before the refused one.
    ///   - undo: shell commands that take them back.
    func refuses(
        _ refusal: Refusal, unchanged before: [String], prepare: String = "true", undo: String = "true",
        _ location: SourceLocation = #_sourceLocation
    ) async throws {
        try await require("sh", "-ec", prepare)
        let result = try await run(refusal.command)
        let printed = result.standardOutput + result.standardError
        #expect(result.status == refusal.category.exitCode, "\(printed)", sourceLocation: location)
        #expect(printed.contains("error: "), "\(printed)", sourceLocation: location)
        #expect(printed.contains(refusal.cause), "\(printed)", sourceLocation: location)
        #expect(printed.contains(refusal.fix), "\(printed)", sourceLocation: location)
        try await require("sh", "-ec", undo)
        let changed = FileTree.differences(
            before, try await tree(), exceptions: Self.restless + refusal.mayChange)
        #expect(changed == [], "\(refusal.cause): a refused command changed the node", sourceLocation: location)
    }
}

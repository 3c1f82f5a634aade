import Host
import SystemPackage

/// Single lines in files that belong to the operator: only these lines are put back later, whatever else changes.
extension HostChanges {
    /// Adds a line at the end of a file.
    func addLine(_ line: String, to path: String) throws {
        let text = try FileSystem.text(root.resolve(path)) ?? ""
        if text.split(separator: "\n").contains(where: { $0 == line }) { return }
        try journal.append(.lineWritten(path: path, before: nil, after: line))
        let separator = text.isEmpty || text.hasSuffix("\n") ? "" : "\n"
        try rewrite(path, text + separator + line + "\n")
    }

    /// Replaces each line for which `replacement` gives another.
    ///
    /// - Returns: the lines that were replaced.
    @discardableResult
    func replaceLines(in path: String, _ replacement: (String) -> String?) throws -> [String] {
        guard let text = try FileSystem.text(root.resolve(path)) else { return [] }
        var replaced: [String] = []
        let lines = try text.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
            guard let other = replacement(String(line)) else { return String(line) }
            try journal.append(.lineWritten(path: path, before: String(line), after: other))
            replaced.append(String(line))
            return other
        }
        if !replaced.isEmpty { try rewrite(path, lines.joined(separator: "\n")) }
        return replaced
    }

    private func rewrite(_ path: String, _ text: String) throws {
        // A link to it stays one.
        let place = try FileSystem.resolvingLinks(root.resolve(path))
        let mode = try FileSystem.status(place)?.mode ?? 0o644
        try AtomicFile.write(Array(text.utf8), to: place, mode: mode)
    }
}

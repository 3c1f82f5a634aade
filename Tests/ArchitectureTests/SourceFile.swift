import FoundationEssentials

/// A Swift file of a target, line by line.
struct SourceFile {
    /// The folder below Sources.
    let target: String
    /// Relative to Sources.
    let path: String
    let lines: [Substring]

    /// The repository's root folder.
    static var repository: String {
        var folder = #filePath.split(separator: "/")
        folder.removeLast(3)
        return "/" + folder.joined(separator: "/")
    }

    /// Text of a file, by its path in the repository.
    static func text(_ path: String) throws -> String {
        try String(contentsOfFile: "\(repository)/\(path)", encoding: .utf8)
    }

    /// Every Swift file below Sources.
    static func all() throws -> [SourceFile] {
        try FileManager.default.subpathsOfDirectory(atPath: "\(repository)/Sources")
            .filter { $0.hasSuffix(".swift") }
            .sorted()
            .map { path in
                let content = try text("Sources/\(path)")
                return SourceFile(
                    target: path.split(separator: "/").first.map(String.init) ?? "", path: path,
                    lines: content.split(separator: "\n", omittingEmptySubsequences: false))
            }
    }

    /// The modules that this file imports.
    var imports: Set<String> { Set(lines.compactMap { Self.importedModule($0) }) }

    /// Lines that hold one of the words outside of comments, as `path:line: text`.
    func uses(of words: [String]) -> [String] {
        zip(1..., lines).compactMap { number, line in
            let code = line.drop { $0 == " " }
            guard !code.hasPrefix("//"), words.contains(where: { code.contains($0) }) else { return nil }
            return "\(path):\(number): \(code)"
        }
    }

    /// `Host` for `@testable public import struct Host.Command`; nil for any other line.
    static func importedModule(_ line: some StringProtocol) -> String? {
        let modifiers: Set = ["public", "package", "internal", "fileprivate", "private"]
        let kinds: Set = ["struct", "class", "enum", "protocol", "typealias", "func", "let", "var", "actor"]
        var words = String(line).split(separator: Character(" ")).map(String.init)[...]
        words = words.drop { $0.hasPrefix("@") || modifiers.contains($0) }
        guard words.first == "import" else { return nil }
        words = words.dropFirst().drop { kinds.contains($0) }
        return words.first?.split(separator: ".").first.map(String.init)
    }
}

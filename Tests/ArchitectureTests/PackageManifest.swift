/// Package.swift, as far as its targets' dependencies on each other go.
struct PackageManifest {
    /// The quoted names in each target's `dependencies`.
    let dependencies: [String: Set<String>]

    init(text: String) {
        var result: [String: Set<String>] = [:]
        for kind in [".target(", ".executableTarget("] {
            for block in text.split(separator: kind).dropFirst() {
                let quoted = Self.quoted(block)
                guard let name = quoted.first else { continue }
                result[name] = Set(Self.list(after: "dependencies: [", in: block).map(Self.quoted) ?? [])
            }
        }
        dependencies = result
    }

    private static func list(after start: String, in block: Substring) -> Substring? {
        // A block reaches to the next one of its kind: stop where another target begins.
        let own = block.split(separator: "\n        .", maxSplits: 1).first ?? block
        guard let begin = own.firstRange(of: start), let end = own[begin.upperBound...].firstIndex(of: "]") else {
            return nil
        }
        return own[begin.upperBound..<end]
    }

    private static func quoted(_ text: Substring) -> [String] {
        text.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
            .compactMap { $0.offset.isMultiple(of: 2) ? nil : String($0.element) }
    }
}

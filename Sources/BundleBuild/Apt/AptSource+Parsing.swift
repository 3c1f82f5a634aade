import Host
import SystemPackage

extension AptSource {
    static let form = "'deb [signed-by=/PATH] URL SUITE COMPONENT…', or a file whose name ends with .list or .sources"

    /// A source in one line: `deb [signed-by=/PATH arch=amd64] URL SUITE COMPONENT…`.
    ///
    /// - Parameter serves: whether a suite is wanted; what else is said of one that is not is passed over.
    /// - Returns: nil for an empty line, a comment, a source of sources, and an address that is not read from here.
    /// - Throws: `BundleBuildError.badOption`.
    static func parse(
        line: String, where serves: (String) -> Bool = { _ in true }
    ) throws(BundleBuildError) -> AptSource? {
        let text = line.prefix { $0 != "#" }
        var rest = text.drop { $0.isWhitespace }
        let type = rest.prefix { !$0.isWhitespace }
        if type.isEmpty || type == "deb-src" { return nil }
        rest = rest.dropFirst(type.count).drop { $0.isWhitespace }
        var options: [(String, String)] = []
        if rest.hasPrefix("[") {
            guard let close = rest.firstIndex(of: "]") else {
                throw .badOption("apt source", value: line, expected: form)
            }
            for word in rest[rest.index(after: rest.startIndex)..<close].split(whereSeparator: \.isWhitespace) {
                let parts = word.split(separator: "=", maxSplits: 1)
                guard parts.count == 2 else { throw .badOption("apt source", value: line, expected: form) }
                options.append((parts[0].lowercased(), String(parts[1])))
            }
            rest = rest[rest.index(after: close)...]
        }
        let words = rest.split(whereSeparator: \.isWhitespace).map(String.init)
        guard type == "deb", words.count >= 2 else {
            throw .badOption("apt source", value: line, expected: form)
        }
        guard serves(words[1]),
            var source = AptSource(address: words[0], suite: words[1], components: Array(words[2...]))
        else { return nil }
        try source.requireComponents(line)
        for (name, value) in options { try source.apply(option: name, value, in: line) }
        return source
    }

    /// The sources of a file: of paragraphs where its name ends with .sources, else of lines.
    ///
    /// - Parameter serves: as for a line.
    /// - Throws: `BundleBuildError.badOption`, `.unreadable`, `HostError`.
    static func parse(file path: FilePath, where serves: (String) -> Bool = { _ in true }) throws -> [AptSource] {
        let bytes = try FileSystem.readInput(path, limit: 4 << 20)
        if path.string.hasSuffix(".sources") { return try parse(deb822: bytes, place: path.string, where: serves) }
        return try String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
            .compactMap { try parse(line: String($0), where: serves) }
    }

    /// The sources of a file of paragraphs: `Types:`, `URIs:`, `Suites:`, `Components:`.
    ///
    /// - Parameter serves: as for a line.
    /// - Throws: `BundleBuildError.badOption`, `.unreadable`.
    static func parse(
        deb822 bytes: [UInt8], place: String, where serves: (String) -> Bool = { _ in true }
    ) throws -> [AptSource] {
        try ControlParagraph.all(in: bytes, place: place).flatMap { try sources(of: $0, place: place, where: serves) }
    }

    private static func sources(
        of paragraph: ControlParagraph, place: String, where serves: (String) -> Bool
    ) throws(BundleBuildError) -> [AptSource] {
        if let enabled = paragraph["Enabled"], try !flag("Enabled", enabled, in: place) { return [] }
        guard words(paragraph["Types"] ?? "").contains("deb") else { return [] }
        let urls = words(paragraph["URIs"] ?? "")
        let suites = words(paragraph["Suites"] ?? "")
        guard !urls.isEmpty, !suites.isEmpty else {
            throw .badOption("apt source", value: place, expected: "URIs and Suites in each paragraph")
        }
        var found: [AptSource] = []
        for url in urls {
            for suite in suites where serves(suite) {
                let components = words(paragraph["Components"] ?? "")
                guard var source = AptSource(address: url, suite: suite, components: components) else { continue }
                try source.requireComponents(place)
                for (field, option) in [
                    ("Architectures", "arch"), ("Trusted", "trusted"), ("Signed-By", "signed-by"),
                    ("Check-Valid-Until", "check-valid-until"), ("By-Hash", "by-hash"), ("Pin", "pin"),
                ] {
                    guard let value = paragraph[field] else { continue }
                    try source.apply(option: option, value, in: place)
                }
                found.append(source)
            }
        }
        return found
    }

    private func requireComponents(_ line: String) throws(BundleBuildError) {
        guard isFlat == components.isEmpty else {
            let expected =
                isFlat ? "no component behind a suite that is a path" : "a component such as 'main' behind '\(suite)'"
            throw .badOption("apt source", value: line, expected: expected)
        }
    }
}

import Fetch

extension AptSource {
    private static let schemes = ["http://", "https://", "file:", "copy:"]
    /// What apt knows and what makes no difference here.
    private static let ignored: Set<String> = [
        "lang", "target", "pdiffs", "valid-until-min", "valid-until-max", "check-date", "date-max-future",
        "allow-downgrade-to-insecure",
    ]

    /// - Returns: nil for an address that is not read from here: cdrom:, tor+http:, mirror:, and any with a login in
    ///   it, which would stand in messages and locks.
    init?(address: String, suite: String, components: [String]) {
        guard Self.schemes.contains(where: { address.hasPrefix($0) }) else { return nil }
        if address.hasPrefix("http"), HTTPTransport.withLogin(address) != nil { return nil }
        var url = address[...]
        while url.hasSuffix("/") { url = url.dropLast() }
        self.url = String(url)
        self.suite = suite
        self.components = components
    }

    /// Takes one option as one-line sources have them.
    ///
    /// - Throws: `BundleBuildError.badOption` for what is not known.
    mutating func apply(option name: String, _ value: String, in line: String) throws(BundleBuildError) {
        switch name {
        case "arch": architectures = Self.words(value)
        case "trusted": isTrusted = try Self.flag(name, value, in: line)
        case "signed-by": keys = try Self.keys(value, in: line)
        case "check-valid-until": checksValidity = try Self.flag(name, value, in: line)
        case "by-hash" where value == "force": usesDigestNames = true
        case "by-hash": usesDigestNames = try Self.flag(name, value, in: line)
        case "pin":
            guard let number = Int(value) else {
                throw .badOption("apt source", value: line, expected: "pin=NUMBER; most archives have 500")
            }
            priority = number
        case let other where Self.ignored.contains(other): break
        default:
            throw .badOption(
                "apt source", value: line,
                expected: "the options arch, signed-by, trusted, check-valid-until, by-hash or pin, not '\(name)'")
        }
    }

    /// What stands between blanks and commas.
    static func words(_ value: String) -> [String] {
        value.split { $0.isWhitespace || $0 == "," }.map(String.init)
    }

    static func flag(_ name: String, _ value: String, in line: String) throws(BundleBuildError) -> Bool {
        switch value.lowercased() {
        case "yes", "true", "1", "on", "with", "enable": return true
        case "no", "false", "0", "off", "without", "disable": return false
        default: throw .badOption("apt source", value: line, expected: "\(name)=yes or \(name)=no")
        }
    }

    static func keys(_ value: String, in line: String) throws(BundleBuildError) -> [Key] {
        if value.contains(ArmoredKey.begin) {
            // In deb822 a line of a single full stop is an empty one.
            let lines = value.split(separator: "\n", omittingEmptySubsequences: false).map { line in
                let text = line.drop { $0.isWhitespace }
                return text == "." ? "" : text
            }
            return [.armored(lines.joined(separator: "\n"))]
        }
        var keys: [Key] = []
        for word in words(value) {
            // An exclamation mark rules out subkeys; what is compared here is whole fingerprints anyway.
            let hex = word.hasSuffix("!") ? word.dropLast() : word[...]
            if word.hasPrefix("/") {
                keys.append(.keyring(word))
            } else if hex.utf8.count >= 40, hex.allSatisfy(\.isHexDigit) {
                keys.append(.fingerprint(hex.uppercased()))
            } else {
                throw .badOption(
                    "apt source", value: line, expected: "signed-by= the absolute path of a keyring, or a fingerprint")
            }
        }
        return keys
    }
}

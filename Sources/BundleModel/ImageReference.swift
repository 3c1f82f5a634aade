/// A container image's name: `HOST[:PORT]/REPOSITORY[:TAG][@sha256:…]`, always with its registry written out.
///
/// Familiar Docker names are completed the way containerd and kubelet do it: `nginx` is
/// `docker.io/library/nginx:latest`.
/// Source: the distribution project's reference grammar.
public struct ImageReference: Hashable, Sendable {
    /// `registry.k8s.io`, `localhost:5000`.
    public let registry: String
    /// `coredns/coredns`, without a leading slash.
    public let repository: String
    public let tag: String?
    public let digest: SHA256Digest?

    /// - Throws: `ImageReferenceError` with the raw text.
    public init(_ text: some StringProtocol) throws(ImageReferenceError) {
        let raw = String(text)
        var rest = raw[...]
        var digest: SHA256Digest?
        if let at = rest.lastIndex(of: "@") {
            do { digest = try SHA256Digest(rest[rest.index(after: at)...]) } catch { throw .badDigest(raw) }
            rest = rest[..<at]
        }
        var tag: String?
        let afterSlash = rest.lastIndex(of: "/").map { rest.index(after: $0) } ?? rest.startIndex
        if let colon = rest[afterSlash...].firstIndex(of: ":") {
            tag = String(rest[rest.index(after: colon)...])
            rest = rest[..<colon]
        }
        if let tag, !Self.isTag(tag) { throw .badTag(raw) }

        var parts = rest.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        var registry = "docker.io"
        if parts.count > 1, let first = parts.first, first.contains(".") || first.contains(":") || first == "localhost"
        {
            registry = first == "index.docker.io" ? "docker.io" : first
            parts.removeFirst()
        }
        if registry == "docker.io", parts.count == 1 { parts.insert("library", at: 0) }
        guard !parts.isEmpty, parts.allSatisfy(Self.isPathComponent), Self.isHost(registry) else {
            throw .badName(raw)
        }
        self.registry = registry
        self.repository = parts.joined(separator: "/")
        self.tag = tag ?? (digest == nil ? "latest" : nil)
        self.digest = digest
    }

    /// Without tag and digest: `registry.k8s.io/pause`.
    public var name: String { "\(registry)/\(repository)" }
    /// Without digest: `registry.k8s.io/pause:3.9`; nil where there is no tag.
    public var tagged: String? { tag.map { "\(name):\($0)" } }
    /// What to ask a registry for: the digest where there is one, else the tag.
    public var manifestReference: String { digest?.description ?? tag ?? "latest" }

    private static func isTag(_ text: String) -> Bool {
        guard let first = text.utf8.first, (1...128).contains(text.utf8.count) else { return false }
        return first.isWord && text.utf8.allSatisfy { $0.isWord || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }

    private static func isPathComponent(_ text: String) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last else { return false }
        return first.isLowerOrDigit && last.isLowerOrDigit
            && text.utf8.allSatisfy { $0.isLowerOrDigit || "._-".utf8.contains($0) }
    }

    /// `NAME`, `NAME:PORT`, `[IPV6]` or `[IPV6]:PORT`.
    private static func isHost(_ text: String) -> Bool {
        var port: Substring?
        if text.hasPrefix("["), let bracket = text.lastIndex(of: "]") {
            let address = text[text.index(after: text.startIndex)..<bracket].utf8
            guard !address.isEmpty, address.allSatisfy({ $0.isHexDigit || ".:".utf8.contains($0) }) else {
                return false
            }
            let rest = text[text.index(after: bracket)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { return false }
            if !rest.isEmpty { port = rest.dropFirst() }
        } else {
            let halves = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let labels = halves[0].split(separator: ".", omittingEmptySubsequences: false)
            guard labels.allSatisfy({ isLabel($0) }) else { return false }
            if halves.count == 2 { port = halves[1] }
        }
        guard let port else { return true }
        return (1...5).contains(port.utf8.count) && port.utf8.allSatisfy(\.isDigit)
    }

    private static func isLabel(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last else { return false }
        return first != UInt8(ascii: "-") && last != UInt8(ascii: "-")
            && text.utf8.allSatisfy { $0.isWord || $0 == UInt8(ascii: "-") }
    }
}

extension ImageReference: CustomStringConvertible {
    /// The canonical text; parsing it again gives the same value.
    public var description: String {
        name + (tag.map { ":\($0)" } ?? "") + (digest.map { "@\($0)" } ?? "")
    }
}

extension ImageReference: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.singleValueContainer().parsed { try ImageReference($0) }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    fileprivate var isHexDigit: Bool { isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self | 0x20) }
    fileprivate var isLowerOrDigit: Bool {
        isDigit || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self)
    }
    fileprivate var isWord: Bool {
        isLowerOrDigit || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) || self == UInt8(ascii: "_")
    }
}

public import BundleModel

/// A published checksum file: a bare digest, `sha256sum` lines (text or binary mode), or either inside a clear-signed
/// PGP message, whose signature is not checked here.
public struct ChecksumFile: Sendable {
    private let text: String
    private let source: String

    /// - Parameters:
    ///   - text: the file's content.
    ///   - source: where it came from, for messages.
    public init(_ text: String, source: String) {
        self.text = text
        self.source = source
    }

    /// The digest of a file by its name. A bare digest stands for any name where the file names none.
    ///
    /// - Throws: `FetchError.noChecksum` when there is no line for it, or two that differ.
    public func digest(of name: String) throws(FetchError) -> SHA256Digest {
        var bare: Set<SHA256Digest> = []
        var named: [String: Set<SHA256Digest>] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard let first = words.first, let digest = try? SHA256Digest(hex: first) else { continue }
            if words.count == 1 {
                bare.insert(digest)
            } else {
                named[Self.fileName(words[1]), default: []].insert(digest)
            }
        }
        let found = named.isEmpty ? bare : named[name] ?? []
        guard found.count == 1, let digest = found.first else {
            let reason = found.isEmpty ? "no SHA-256" : "\(found.count) different SHA-256 digests"
            throw .noChecksum(url: source, artifact: name, reason: "\(reason); it begins '\(text.prefix(60))'")
        }
        return digest
    }

    /// `*bin/runc.amd64` names `runc.amd64`.
    private static func fileName(_ word: Substring) -> String {
        let plain = word.hasPrefix("*") ? word.dropFirst() : word
        return String(plain.split(separator: "/").last ?? plain)
    }
}

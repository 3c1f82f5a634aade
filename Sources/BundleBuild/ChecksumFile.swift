public import BundleModel

/// A published checksum file: a bare digest, `sha256sum` lines (text or binary mode), or either inside a clear-signed
/// PGP message, whose signature is not checked here.
public enum ChecksumFile {
    /// Larger than any real one.
    public static let sizeLimit = 1 << 20

    /// The digest of a file by its name.
    ///
    /// - Throws: `BundleBuildError.badChecksumFile` when the file has no line for it, or two that differ.
    public static func digest(of name: String, in text: String) throws(BundleBuildError) -> SHA256Digest {
        var found: Set<SHA256Digest> = []
        var bare: [SHA256Digest] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            guard let first = words.first, let digest = try? SHA256Digest(hex: first) else { continue }
            switch words.count {
            case 1: bare.append(digest)
            case 2 where fileName(words[1]) == name: found.insert(digest)
            default: continue
            }
        }
        if found.isEmpty, bare.count == 1 { return bare[0] }
        guard found.count == 1, let digest = found.first else {
            let reason = found.isEmpty ? "no line for it" : "\(found.count) different lines for it"
            throw .badChecksumFile(name, reason: reason + "; it begins '\(text.prefix(60))'")
        }
        return digest
    }

    /// `*bin/runc.amd64` names `runc.amd64`.
    private static func fileName(_ word: Substring) -> String {
        let plain = word.hasPrefix("*") ? word.dropFirst() : word
        return String(plain.split(separator: "/").last ?? plain)
    }
}

import BundleModel

/// A published checksum file: a bare digest, or lines of a digest and a name as sha256sum writes them.
struct ChecksumList: Sendable {
    private var bare: SHA256Digest?
    private var byName: [String: SHA256Digest] = [:]

    init(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            let fields = line.split(whereSeparator: \.isWhitespace)
            guard let first = fields.first, let digest = try? SHA256Digest(hex: first) else { continue }
            if fields.count == 1 {
                bare = digest
            } else {
                // A star before the name marks binary mode; some lists have a path before it.
                let name = fields[1].drop { $0 == "*" }.split(separator: "/").last.map(String.init) ?? ""
                byName[name] = digest
            }
        }
    }

    /// The digest for an artifact's file name; a bare digest stands for any.
    func digest(of name: String) -> SHA256Digest? {
        byName[name] ?? (byName.isEmpty ? bare : nil)
    }
}

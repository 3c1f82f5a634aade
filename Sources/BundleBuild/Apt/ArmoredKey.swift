import FoundationEssentials

/// An OpenPGP key in text, as .asc files have it. gpgv reads binary keyrings alone.
enum ArmoredKey {
    static let begin = "-----BEGIN PGP PUBLIC KEY BLOCK-----"
    private static let end = "-----END PGP PUBLIC KEY BLOCK-----"

    /// The binary form of all blocks, one behind the other; nil for bytes that are no such text.
    static func binary(_ bytes: [UInt8]) -> [UInt8]? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.contains(begin) else { return nil }
        var keys: [UInt8] = []
        var body: String?
        var isInHeaders = false
        for raw in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            let line = raw.filter { !$0.isWhitespace }
            if raw.hasPrefix(begin) {
                body = ""
                isInHeaders = true
            } else if raw.hasPrefix(end) {
                guard let encoded = body, let key = Data(base64Encoded: encoded), !key.isEmpty else { return nil }
                keys += key
                body = nil
            } else if body != nil {
                // Headers end with an empty line; a line that begins with = is the checksum.
                if line.isEmpty {
                    isInHeaders = false
                } else if !isInHeaders, !line.hasPrefix("=") {
                    body?.append(contentsOf: line)
                }
            }
        }
        return body == nil && !keys.isEmpty ? keys : nil
    }
}

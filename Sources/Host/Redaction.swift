/// Takes secrets out of text on its way to a log or a person.
public enum Redaction {
    static let mark = "[removed]"

    /// Invites, kubeadm's bootstrap tokens (`abcdef.0123456789abcdef`), the word after `--certificate-key` or
    /// `--token`, private keys in PEM, and credentials of a kubeconfig.
    public static func clean(_ text: String) -> String {
        var inKey = false
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
            if line.contains("-----BEGIN") && line.contains("PRIVATE KEY") { inKey = true }
            defer { if line.contains("-----END") { inKey = false } }
            return inKey ? mark : cleanLine(line)
        }
        return lines.joined(separator: "\n")
    }

    private static let announcers: Set<String> = [
        "--token", "--certificate-key", "--discovery-token", "--tls-bootstrap-token", "certificate-key:", "token:",
        "client-key-data:", "secret:",
    ]

    private static func cleanLine(_ line: Substring) -> String {
        var hideNext = false
        let words = line.split(separator: " ", omittingEmptySubsequences: false).map { word -> String in
            if word.isEmpty { return "" }
            if hideNext {
                hideNext = false
                return mark
            }
            let bare = word.lowercased().filter { $0 != "\"" }
            if announcers.contains(bare) { hideNext = true }
            if let equals = word.firstIndex(of: "="), announcers.contains(String(word[..<equals])) {
                return "\(word[...equals])\(mark)"
            }
            if let rest = cleanInvite(word) { return rest }
            return cleanTokens(word)
        }
        return words.joined(separator: " ")
    }

    /// An invite, wherever it stands in the word; it may be typed in capitals and without hyphens.
    private static func cleanInvite(_ word: Substring) -> String? {
        let plain = word.lowercased()
        let invite = plain.ranges(of: "kf1").first { range in
            let rest = plain[range.upperBound...]
            return rest.hasPrefix("-") || rest.prefix { $0.isLetter || $0.isNumber }.count >= 20
        }
        return invite.map { "\(plain[..<$0.lowerBound])\(mark)" }
    }

    /// Replaces every `[a-z0-9]{6}.[a-z0-9]{16}` that stands by itself.
    private static func cleanTokens(_ word: Substring) -> String {
        let bytes = Array(word.utf8)
        var result: [UInt8] = []
        var position = 0
        while position < bytes.count {
            let end = position + 23
            let isToken =
                end <= bytes.count && bytes[position..<position + 6].allSatisfy(isTokenByte)
                && bytes[position + 6] == UInt8(ascii: ".") && bytes[position + 7..<end].allSatisfy(isTokenByte)
                && (position == 0 || !isTokenByte(bytes[position - 1]))
                && (end == bytes.count || !isTokenByte(bytes[end]))
            if isToken {
                result += Array(mark.utf8)
                position = end
            } else {
                result.append(bytes[position])
                position += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

import FoundationEssentials
import SystemPackage

/// Public keys in the binary form that gpgv reads.
struct OpenPGPKeys {
    private static let begin = "-----BEGIN PGP PUBLIC KEY BLOCK-----"
    private static let end = "-----END PGP PUBLIC KEY BLOCK-----"

    let packets: [UInt8]

    /// - Parameters:
    ///   - content: packets, a keybox, or text with any number of armoured blocks.
    ///   - path: for messages.
    /// - Throws: `BundleBuildError.unreadable`.
    init(_ content: [UInt8], path: FilePath) throws(BundleBuildError) {
        // Packets begin with a byte above 127, a keybox with a length below 16 MiB.
        guard let first = content.first, first != 0, first < 0x80 else {
            packets = content
            return
        }
        var decoded: [UInt8] = []
        var block: (text: String, isInHeaders: Bool)?
        for line in String(decoding: content, as: UTF8.self).split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        {
            let text = line.withoutBlanksAtItsEnd
            if text == Self.begin {
                block = ("", true)
            } else if text == Self.end, let ended = block {
                guard let bytes = Data(base64Encoded: ended.text) else {
                    throw .unreadable(path: path.string, reason: "its ASCII armour does not decode")
                }
                decoded += bytes
                block = nil
            } else if let open = block {
                if open.isInHeaders {
                    block = (open.text, !text.isEmpty)
                } else if !text.hasPrefix("=") {
                    // A line that begins with '=' is the checksum.
                    block = ("\(open.text)\(text)", false)
                }
            }
        }
        guard !decoded.isEmpty else {
            throw .unreadable(path: path.string, reason: "it has no OpenPGP public key")
        }
        packets = decoded
    }
}

extension Substring {
    fileprivate var withoutBlanksAtItsEnd: Substring {
        var rest = self
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return rest
    }
}

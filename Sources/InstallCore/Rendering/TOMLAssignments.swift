/// Finds values in TOML by their key alone, in whatever table, inline table or dotted key it stands. Not a parser: it
/// tells strings and comments from the rest, and that is all.
struct TOMLAssignments {
    private enum Token: Hashable {
        case bare(String)
        /// Without quotes.
        case string(String)
        case mark(UInt8)

        var text: String? {
            switch self {
            case .bare(let text), .string(let text): text
            case .mark: nil
            }
        }
    }

    private let tokens: [Token]

    init(_ text: String) {
        var rest = Array(text.utf8)[...]
        var tokens: [Token] = []
        while let byte = rest.first {
            switch byte {
            case UInt8(ascii: "#"): rest = rest.drop { $0 != UInt8(ascii: "\n") }
            case UInt8(ascii: "\""), UInt8(ascii: "'"): tokens.append(.string(Self.takeString(&rest)))
            case UInt8(ascii: " "), UInt8(ascii: "\t"): rest = rest.dropFirst()
            default:
                let word = rest.prefix { Self.isBare($0) }
                tokens.append(word.isEmpty ? .mark(byte) : .bare(String(decoding: word, as: UTF8.self)))
                rest = rest.dropFirst(max(1, word.count))
            }
        }
        self.tokens = tokens
    }

    /// Values that a key has and that are strings, in the text's order. Escapes stay as they are written.
    ///
    /// - Parameter key: the last part of a dotted one.
    func strings(of key: String) -> [String] {
        tokens.indices.dropFirst().dropLast().compactMap { index in
            guard tokens[index] == .mark(UInt8(ascii: "=")), tokens[index - 1].text == key,
                case .string(let value) = tokens[index + 1]
            else { return nil }
            return value
        }
    }

    private static func isBare(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// - Parameter rest: begins with the string, and with what follows it afterwards.
    private static func takeString(_ rest: inout ArraySlice<UInt8>) -> String {
        guard let quote = rest.first else { return "" }
        let isLong = rest.starts(with: [quote, quote, quote])
        let end = [UInt8](repeating: quote, count: isLong ? 3 : 1)
        rest = rest.dropFirst(end.count)
        var content: [UInt8] = []
        while !rest.isEmpty, !rest.starts(with: end) {
            // In a string of single quotes a backslash is one.
            let isEscape = quote == UInt8(ascii: "\"") && rest.first == UInt8(ascii: "\\")
            let piece = rest.prefix(isEscape ? 2 : 1)
            content += piece
            rest = rest.dropFirst(piece.count)
        }
        rest = rest.dropFirst(end.count)
        // A long one may end with quotes of its own.
        if isLong { rest = rest.drop { $0 == quote } }
        return String(decoding: content, as: UTF8.self)
    }
}

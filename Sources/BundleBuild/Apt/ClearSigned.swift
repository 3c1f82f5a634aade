/// A text with its OpenPGP signature around it.
enum ClearSigned {
    private static let begin = "-----BEGIN PGP SIGNED MESSAGE-----"
    private static let signature = "-----BEGIN PGP SIGNATURE-----"
    private static let end = "-----END PGP SIGNATURE-----"

    /// The text between the marks; nil for anything but one signed message and nothing beside it: what stands before or
    /// behind is signed by nobody.
    static func text(_ bytes: [UInt8]) -> [UInt8]? {
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        while let last = lines.last, isBlank(last) { lines.removeLast() }
        guard lines.first.map({ matches($0, begin) }) == true, lines.last.map({ matches($0, end) }) == true,
            count(begin, lines) == 1, count(signature, lines) == 1, count(end, lines) == 1,
            let start = lines.firstIndex(where: isBlank),
            let stop = lines.firstIndex(where: { matches($0, signature) }), start < stop
        else { return nil }
        var text: [UInt8] = []
        for line in lines[(start + 1)..<stop] {
            // A line that begins with a dash has another before it.
            text += line.starts(with: "- ".utf8) ? line.dropFirst(2) : line
            text.append(UInt8(ascii: "\n"))
        }
        return text
    }

    private static func count(_ mark: String, _ lines: [ArraySlice<UInt8>]) -> Int {
        lines.count { $0.starts(with: mark.utf8) }
    }

    private static func matches(_ line: ArraySlice<UInt8>, _ mark: String) -> Bool {
        line.starts(with: mark.utf8) && isBlank(line.dropFirst(mark.utf8.count))
    }

    private static func isBlank(_ line: ArraySlice<UInt8>) -> Bool {
        line.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
    }
}

/// One paragraph of Debian's control format: fields by name, whatever their case.
///
/// A value's further lines follow a newline each, without the blank that they begin with.
struct ControlParagraph: Hashable, Sendable {
    private var fields: [String: String] = [:]

    var isEmpty: Bool { fields.isEmpty }

    subscript(name: String) -> String? { fields[name.lowercased()] }

    /// - Parameter name: in lower case.
    /// - Returns: false where the paragraph has the field already.
    mutating func add(_ name: String, _ value: String) -> Bool {
        fields.updateValue(value, forKey: name) == nil
    }

    /// - Parameter name: in lower case, of a field that is there.
    mutating func extend(_ name: String, with line: String) {
        fields[name, default: ""] += "\n" + line
    }

    /// All paragraphs of a small text.
    ///
    /// - Parameter place: for messages: where the text is from.
    /// - Throws: `BundleBuildError.unreadable`.
    static func all(in bytes: [UInt8], place: String) throws -> [ControlParagraph] {
        let reader = ControlReader(ByteArraySource(bytes), place: place)
        var found: [ControlParagraph] = []
        while let paragraph = try reader.next() { found.append(paragraph) }
        return found
    }
}

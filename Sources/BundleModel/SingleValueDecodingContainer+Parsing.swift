extension SingleValueDecodingContainer {
    /// A value that is written as text. What is wrong with the text comes with its place in the document.
    func parsed<Value>(_ parse: (String) throws -> Value) throws -> Value {
        let text = try decode(String.self)
        do {
            return try parse(text)
        } catch let error as any Diagnostic {
            throw DecodingError.dataCorruptedError(in: self, debugDescription: error.message)
        }
    }
}

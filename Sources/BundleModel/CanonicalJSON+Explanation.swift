extension CanonicalJSON {
    /// What is wrong with a document, and where in it: `lock.artifacts[3] lacks 'sha256'`.
    public static func explanation(of error: any Error) -> String {
        guard let error = error as? DecodingError else {
            return (error as? any Diagnostic)?.message ?? "\(error)"
        }
        switch error {
        case .keyNotFound(let key, let context): return "\(place(context)) lacks '\(key.stringValue)'"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            return "\(place(context)): \(context.debugDescription)"
        case .dataCorrupted(let context) where context.codingPath.isEmpty:
            let reason = context.underlyingError.map { ": \($0)" } ?? ""
            return "the file is not JSON: \(context.debugDescription)\(reason)"
        case .dataCorrupted(let context): return "\(place(context)): \(context.debugDescription)"
        @unknown default: return "\(error)"
        }
    }

    private static func place(_ context: DecodingError.Context) -> String {
        var text = ""
        for key in context.codingPath {
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += (text.isEmpty ? "" : ".") + key.stringValue
            }
        }
        return text.isEmpty ? "the file" : text
    }
}

import Fetch
import Yams

/// Tells a manifest from what came in its place: an error page, an empty body and a list of errors are YAML too.
enum ManifestCheck {
    /// - Parameter url: where it came from.
    /// - Throws: `FetchError.badAnswer` for text with anything but objects of Kubernetes, or with none.
    static func require(_ bytes: [UInt8], url: String) throws(FetchError) {
        let text = String(decoding: bytes, as: UTF8.self)
        func bad(_ reason: String) -> FetchError {
            .badAnswer(url: url, reason: "\(reason); it begins '\(text.prefix(60))'")
        }
        var count = 0
        do {
            // The sequence ends at the first error and keeps it; a for loop would look at a copy.
            var documents = try Yams.compose_all(yaml: text)
            while let document = documents.next() {
                if document.scalar?.string.isEmpty ?? false { continue }
                guard document["apiVersion"]?.scalar != nil, document["kind"]?.scalar != nil else {
                    throw bad("document \(count + 1) has no apiVersion and kind, expected a Kubernetes manifest")
                }
                count += 1
            }
            if let error = documents.error { throw error }
        } catch let error as FetchError {
            throw error
        } catch {
            throw bad("it is not YAML (\(error)), expected a Kubernetes manifest")
        }
        guard count > 0 else { throw bad("it is empty, expected a Kubernetes manifest") }
    }
}

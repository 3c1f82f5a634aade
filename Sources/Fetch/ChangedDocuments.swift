import Synchronization

/// Documents that differ from what is remembered of them, by their canonical addresses.
final class ChangedDocuments: Sendable {
    private let documents = Mutex<[String: CachedDocument]>([:])

    func add(_ document: CachedDocument, as url: String) { documents.withLock { $0[url] = document } }

    func take() -> [String: CachedDocument] {
        documents.withLock { documents in
            defer { documents.removeAll() }
            return documents
        }
    }
}

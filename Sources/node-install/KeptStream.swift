import Archive
import Synchronization

/// A stream between the step that read its beginning and the one that goes on with it. For one of them.
final class KeptStream: Sendable {
    private let continuation = Mutex<PackContinuation?>(nil)

    func keep(_ continuation: PackContinuation?) { self.continuation.withLock { $0 = continuation } }

    func take() -> PackContinuation? {
        continuation.withLock { kept in
            defer { kept = nil }
            return kept
        }
    }
}

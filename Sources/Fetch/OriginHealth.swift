import Synchronization

/// Which hosts did not answer lately: of several addresses, theirs are asked last.
final class OriginHealth: Sendable {
    private let silent = Mutex<Set<String>>([])

    func failed(_ url: String) {
        silent.withLock { _ = $0.insert(HTTPTransport.origin(url)) }
    }

    func answered(_ url: String) {
        silent.withLock { _ = $0.remove(HTTPTransport.origin(url)) }
    }

    /// The same addresses; among those of equal health the order stays.
    func ordered(_ urls: [String]) -> [String] {
        let origins = silent.withLock { $0 }
        return urls.filter { !origins.contains(HTTPTransport.origin($0)) }
            + urls.filter { origins.contains(HTTPTransport.origin($0)) }
    }
}

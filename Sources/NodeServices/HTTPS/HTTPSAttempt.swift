import BundleModel
import NIOSSL
import Synchronization

/// What one exchange learns on the way, so that its failure can be told exactly.
final class HTTPSAttempt: Sendable {
    private struct State {
        var expired = false
        /// The key that a server showed against the pin.
        var wrongKey: SHA256Digest?
    }

    private let endpoint: Endpoint
    private let pin: PublicKeyPin?
    private let state = Mutex(State())

    init(endpoint: Endpoint, pin: PublicKeyPin?) {
        self.endpoint = endpoint
        self.pin = pin
    }

    func expire() {
        state.withLock { $0.expired = true }
    }

    func accepts(_ certificate: NIOSSLCertificate?) -> Bool {
        guard let pin, let digest = try? certificate?.keyDigest() else { return false }
        if pin.matches(digest) { return true }
        state.withLock { $0.wrongKey = digest }
        return false
    }

    func explain(_ error: any Error, timeout: Int) -> any Error {
        let seen = state.withLock { $0 }
        if let pin, let wrong = seen.wrongKey {
            return NodeServicesError.pinMismatch(
                endpoint: endpoint.description, expected: pin.description, actual: PublicKeyPin(wrong).description)
        }
        if seen.expired { return NodeServicesError.timedOut(endpoint: endpoint.description, seconds: timeout) }
        if error is CancellationError || error is NodeServicesError { return error }
        return NodeServicesError.unreachable(endpoint: endpoint.description, reason: "\(error)")
    }
}

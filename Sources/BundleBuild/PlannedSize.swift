import BundleModel
import Fetch

/// How large something will be, as far as its source tells before it is fetched.
public enum PlannedSize: Hashable, Sendable {
    /// Bytes.
    case known(UInt64)
    case unknown(reason: String)

    /// What a question to a source gives. Only cancellation is an error: a plan is worth showing without its sizes.
    static func asking(_ question: () async throws -> UInt64?) async throws -> PlannedSize {
        do {
            if let bytes = try await question() { return .known(bytes) }
            return .unknown(reason: "the upstream does not tell it")
        } catch let error as CancellationError {
            throw error
        } catch FetchError.unreachable(let url, let reason) {
            // Without the path: one dead upstream is then one reason for all that lies there.
            return .unknown(reason: "\(HTTPTransport.origin(url)) does not answer: \(reason)")
        } catch let error as any Diagnostic {
            return .unknown(reason: error.message)
        } catch {
            return .unknown(reason: "\(error)")
        }
    }
}

import BundleModel

/// How something is now, as far as its source tells.
public enum CurrentState<Value: Hashable & Sendable>: Hashable, Sendable {
    case known(Value)
    case unknown(reason: String)

    /// What a question to a source gives; nil: it does not tell. Only cancellation is an error: the rest of a report is
    /// worth showing without this.
    static func asking(_ question: () async throws -> Value?) async throws -> CurrentState {
        do {
            if let value = try await question() { return .known(value) }
            return .unknown(reason: "the source does not tell it")
        } catch let error as CancellationError {
            throw error
        } catch let error as any Diagnostic {
            return .unknown(reason: error.message)
        } catch {
            return .unknown(reason: "\(error)")
        }
    }
}

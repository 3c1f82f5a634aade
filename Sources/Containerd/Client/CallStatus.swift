import GRPCCore

/// How containerd answered a call: the codes of gRPC, as far as anything here depends on them.
public enum CallStatus: String, Sendable, Hashable {
    case alreadyExists
    case notFound
    case failedPrecondition
    case invalidArgument
    case unavailable
    case deadlineExceeded
    case resourceExhausted
    case unimplemented
    case cancelled
    case other

    init(_ code: RPCError.Code) {
        self =
            switch code {
            case .alreadyExists: .alreadyExists
            case .notFound: .notFound
            case .failedPrecondition: .failedPrecondition
            case .invalidArgument: .invalidArgument
            case .unavailable: .unavailable
            case .deadlineExceeded: .deadlineExceeded
            case .resourceExhausted: .resourceExhausted
            case .unimplemented: .unimplemented
            case .cancelled: .cancelled
            default: .other
            }
    }
}

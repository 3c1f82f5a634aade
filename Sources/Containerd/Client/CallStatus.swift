import NIOHTTP2

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

    /// - Parameter code: of the trailer `grpc-status`, not 0.
    init(code: Int) {
        self =
            switch code {
            case 1: .cancelled
            case 3: .invalidArgument
            case 4: .deadlineExceeded
            case 5: .notFound
            case 6: .alreadyExists
            case 8: .resourceExhausted
            case 9: .failedPrecondition
            case 12: .unimplemented
            case 14: .unavailable
            default: .other
            }
    }

    /// - Parameter http: status of an answer that is not gRPC's.
    init(http: String) {
        self =
            switch http {
            case "404": .unimplemented
            case "429", "502", "503", "504": .unavailable
            default: .other
            }
    }

    /// - Parameter reset: why the server ended a stream without an answer.
    init(_ reset: HTTP2ErrorCode) {
        self =
            switch reset {
            case .refusedStream: .unavailable
            case .cancel: .cancelled
            case .enhanceYourCalm: .resourceExhausted
            default: .other
            }
    }
}

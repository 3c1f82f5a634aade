import NIOCore
import NIOHTTP2

/// What a call ended with, other than an answer: containerd's own status, or what the connection came to.
struct CallFailure: Error, Equatable {
    let status: CallStatus
    /// containerd's words where they are its own.
    let reason: String

    /// From what the connection or the stream threw.
    init(connection error: any Error) {
        switch error {
        case let failure as CallFailure: self = failure
        case let closed as NIOHTTP2Errors.StreamClosed:
            self.init(status: CallStatus(closed.errorCode), reason: "the call was reset: \(closed.errorCode)")
        default: self.init(status: .unavailable, reason: "\(error)")
        }
    }

    init(status: CallStatus, reason: String) {
        self.status = status
        self.reason = reason
    }
}

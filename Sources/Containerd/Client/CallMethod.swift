import SwiftProtobuf

/// A method of one of containerd's services, with the messages that go there and back.
struct CallMethod<Request: SwiftProtobuf.Message, Response: SwiftProtobuf.Message>: Sendable {
    /// `Content.Info`, for messages.
    let name: String
    /// Of HTTP: `/containerd.services.content.v1.Content/Info`.
    let path: String
    /// nil for work that may take as long as it takes.
    let timeout: Duration?

    /// - Parameters:
    ///   - service: `Content`.
    ///   - package: nil is the service's own of containerd: `containerd.services.content.v1`.
    init(_ service: String, _ method: String, package: String? = nil, timeout: Duration? = .seconds(300)) {
        name = "\(service).\(method)"
        path = "/\(package ?? "containerd.services.\(service.lowercased()).v1").\(service)/\(method)"
        self.timeout = timeout
    }
}

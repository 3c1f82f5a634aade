import SwiftProtobuf

extension ContainerdClient {
    /// One message there, one back.
    ///
    /// - Parameter subject: what the call is about, for messages.
    func call<Request, Response>(
        _ method: CallMethod<Request, Response>, _ request: Request, about subject: String = ""
    ) async throws -> Response {
        do {
            return try await exchange(
                method, send: { try await $0.write(request) }, receive: { try await $0.single() })
        } catch {
            throw mapped(error, method.name, subject)
        }
    }

    /// As `call`, with nil for something that is not there.
    func find<Request, Response>(
        _ method: CallMethod<Request, Response>, _ request: Request, about subject: String
    ) async throws -> Response? {
        do {
            return try await call(method, request, about: subject)
        } catch ContainerdError.refused(_, .notFound, _) {
            return nil
        }
    }

    /// One message there, several back.
    func list<Request, Response>(
        _ method: CallMethod<Request, Response>, _ request: Request, about subject: String = ""
    ) async throws -> [Response] {
        do {
            return try await exchange(
                method, send: { try await $0.write(request) },
                receive: { answers in
                    var messages: [Response] = []
                    while let message = try await answers.next() { messages.append(message) }
                    return messages
                })
        } catch {
            throw mapped(error, method.name, subject)
        }
    }

    func mapped(_ error: any Error, _ method: String, _ subject: String) -> any Error {
        if Task.isCancelled { return CancellationError() }
        guard let error = error as? CallFailure else { return error }
        let call = subject.isEmpty ? method : "\(method) \(subject)"
        if error.status == .unavailable {
            return ContainerdError.unreachable(socket: socket, reason: "\(call): \(error.reason)")
        }
        return ContainerdError.refused(call, error.status, reason: error.reason)
    }
}

import GRPCCore
import SwiftProtobuf

extension ContainerdClient {
    /// One message there, one back.
    ///
    /// - Parameter subject: what the call is about, for messages.
    func call<Request, Response>(
        _ method: CallMethod<Request, Response>, _ request: Request, about subject: String = ""
    ) async throws -> Response {
        do {
            return try await client.unary(
                request: ClientRequest(message: request, metadata: metadata), descriptor: method.descriptor,
                serializer: MessageCoder<Request>(), deserializer: MessageCoder<Response>(),
                options: Self.options(method.timeout)
            ) { try $0.message }
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
            return try await client.serverStreaming(
                request: ClientRequest(message: request, metadata: metadata), descriptor: method.descriptor,
                serializer: MessageCoder<Request>(), deserializer: MessageCoder<Response>(),
                options: Self.options(method.timeout)
            ) { response in
                var messages: [Response] = []
                for try await message in response.messages { messages.append(message) }
                return messages
            }
        } catch {
            throw mapped(error, method.name, subject)
        }
    }

    func mapped(_ error: any Error, _ method: String, _ subject: String) -> any Error {
        if Task.isCancelled { return CancellationError() }
        guard let error = error as? RPCError else { return error }
        let call = subject.isEmpty ? method : "\(method) \(subject)"
        if error.code == .unavailable {
            return ContainerdError.unreachable(
                socket: socket, reason: "\(call): \(error.cause.map { "\($0)" } ?? error.message)")
        }
        return ContainerdError.refused(call, CallStatus(error.code), reason: error.message)
    }
}

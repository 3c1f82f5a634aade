import NIOCore
import NIOHPACK
import NIOHTTP2
import SwiftProtobuf
import Synchronization

extension ContainerdClient {
    /// One call of any form: sends and receives side by side.
    ///
    /// - Parameters:
    ///   - send: ends where nobody reads any longer. Is not cancelled when the answer has come, so that what it takes its
    ///     bytes from is not either.
    ///   - receive: reads to the end.
    /// - Throws: what `send` throws, else what `receive` throws: `CallFailure`, `CancellationError`.
    func exchange<Request, Response, Result: Sendable>(
        _ method: CallMethod<Request, Response>,
        send: @escaping @Sendable (CallWriter) async throws -> Void,
        receive: (inout CallAnswers<Response>) async throws -> Result
    ) async throws -> Result {
        try Task.checkCancellation()
        let stream: CallConnection.Stream
        do { stream = try await connection.stream() } catch is CancellationError { throw CancellationError() } catch {
            throw CallFailure(connection: error)
        }
        let channel = stream.channel
        let isLate = Late()
        // The server is told the same time; this is for one that does not answer at all.
        let alarm = method.timeout.map { timeout in
            channel.eventLoop.scheduleTask(in: TimeAmount(timeout)) {
                isLate.flag.store(true, ordering: .relaxed)
                channel.close(promise: nil)
            }
        }
        defer { alarm?.cancel() }
        let connection = connection
        let headers = headers(method)
        return try await stream.executeThenClose { frames, outbound in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    let writer = CallWriter(outbound)
                    do {
                        try await Self.begin(headers, on: channel, of: connection)
                        try await send(writer)
                        try await writer.end()
                    } catch is CallWriter.Closed {} catch {
                        channel.close(promise: nil)
                        throw error
                    }
                }
                var answers = CallAnswers<Response>(frames)
                let answer: Swift.Result<Result, any Error>
                do { answer = .success(try await receive(&answers)) } catch { answer = .failure(error) }
                // However this ended, nothing more is sent.
                channel.close(promise: nil)
                do {
                    try await group.waitForAll()
                    return try answer.get()
                } catch {
                    guard isLate.flag.load(ordering: .relaxed) else { throw error }
                    throw CallFailure(status: .deadlineExceeded, reason: "no answer in time")
                }
            }
        }
    }

    /// Writes the headers, and waits until they are on their way: a server that is going away lets no call begin, which
    /// the stream itself would never tell.
    private static func begin(
        _ headers: HPACKHeaders, on channel: any Channel, of connection: CallConnection
    ) async throws {
        do {
            try await channel.writeAndFlush(HTTP2Frame.FramePayload.headers(.init(headers: headers))).get()
        } catch {
            if let parent = channel.parent { await connection.leave(parent) }
            throw CallFailure(connection: error)
        }
    }

    private final class Late: Sendable {
        let flag = Atomic(false)
    }

    private func headers<Request, Response>(_ method: CallMethod<Request, Response>) -> HPACKHeaders {
        var headers: HPACKHeaders = [
            ":method": "POST", ":scheme": "http", ":path": method.path, ":authority": "localhost",
            "te": "trailers", "content-type": "application/grpc+proto", "user-agent": "kubeferry",
            "containerd-namespace": namespace,
        ]
        if let timeout = method.timeout {
            headers.add(name: "grpc-timeout", value: "\(Int(timeout / .milliseconds(1)))m")
        }
        if let lease { headers.add(name: "containerd-lease", value: lease) }
        return headers
    }
}

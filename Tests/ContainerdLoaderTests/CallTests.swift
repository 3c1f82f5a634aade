import BundleModel
import NIOCore
import NIOHTTP2
import Signing
import SwiftProtobuf
import Testing

@testable import Containerd

struct CallTests {
    private typealias Version = CallMethod<Google_Protobuf_Empty, Containerd_Services_Version_V1_VersionResponse>

    /// What a call comes to with a server that does this.
    private static func outcome(
        _ acts: ScriptedServer.Act..., calls: Int = 1, timeout: Duration? = nil
    ) async throws -> [ContainerdError?] {
        let server = try await ScriptedServer(acts)
        let outcome = try await ContainerdClient.connected(to: server.socket) { client in
            var errors: [ContainerdError?] = []
            for _ in 0..<calls {
                do {
                    _ = try await client.call(Version("Version", "Version", timeout: timeout), .init())
                    errors.append(nil)
                } catch let error as ContainerdError {
                    errors.append(error)
                }
            }
            return errors
        }
        try await server.stop()
        return outcome
    }

    private static let answer = ScriptedServer.Act.message(
        .init(data: .byteBuffer(ByteBuffer(bytes: [0, 0, 0, 0, 3, 10, 1, 65]))))

    @Test func aServerThatNeverAnswersIsNotWaitedForBeyondTheDeadline() async throws {
        let error = try await Self.outcome(.silence, timeout: .milliseconds(50))
        #expect(error == [.refused("Version.Version", .deadlineExceeded, reason: "no answer in time")])
    }

    @Test(arguments: [
        (HTTP2ErrorCode.enhanceYourCalm, CallStatus.resourceExhausted), (.cancel, .cancelled), (.protocolError, .other),
    ])
    func aResetCallFails(code: HTTP2ErrorCode, status: CallStatus) async throws {
        let errors = try await Self.outcome(.reset(code), Self.answer, calls: 2)
        guard case .refused(_, status, _) = errors[0] else {
            Issue.record("\(errors)")
            return
        }
        // The connection is as it was.
        #expect(errors[1] == nil)
    }

    @Test(arguments: [ScriptedServer.Act.hangUp, .goAway, .reset(.refusedStream)])
    func aCallThatWasNotTakenFailsAndALaterOneConnectsAgain(act: ScriptedServer.Act) async throws {
        let errors = try await Self.outcome(act, Self.answer, Self.answer, calls: 3)
        #expect(errors[0] != nil)
        // One more may find the old connection before its end is known.
        #expect(errors[2] == nil)
    }

    /// Never ends by itself.
    private struct Endless: BlobBytes {
        func next() async throws -> [UInt8]? {
            try Task.checkCancellation()
            return [UInt8](repeating: 0, count: 1 << 16)
        }
    }

    @Test func aRefusalWhileTheBlobIsSentEndsTheSendingAndIsTheError() async throws {
        // The sender waits for the first answer, which is the refusal: its source is not touched.
        let server = try await ScriptedServer([.status(9)])
        let error = try await ContainerdClient.connected(to: server.socket) { client in
            await #expect(throws: ContainerdError.self) {
                try await client.writeBlob(SHA256Hasher.hash([]), size: 1 << 40, reference: "a", Endless())
            }
        }
        guard case .refused(_, .failedPrecondition, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        try await server.stop()
    }

    @Test func aRefusalInTheMiddleOfSendingIsTheError() async throws {
        // The server never opens its window further than it is at first, and refuses meanwhile.
        let server = try await ScriptedServer([.status(8)])
        let error = try await ContainerdClient.connected(to: server.socket) { client in
            let method = CallMethod<
                Containerd_Services_Content_V1_WriteContentRequest, Containerd_Services_Content_V1_WriteContentResponse
            >("Content", "Write", timeout: nil)
            return await #expect(throws: CallFailure.self) {
                try await client.exchange(
                    method,
                    send: { writer in
                        let bytes = Endless()
                        while let piece = try await bytes.next() {
                            try await writer.write(try BlobMessage(fields: .init(), data: piece).framed())
                        }
                    }
                ) { try await $0.single() }
            }
        }
        #expect(error?.status == .resourceExhausted)
        try await server.stop()
    }

    @Test func aSourceThatFailsIsTheError() async throws {
        struct Broken: Error {}
        let server = try await ScriptedServer([.silence])
        await #expect(throws: Broken.self) {
            try await ContainerdClient.connected(to: server.socket) { client in
                let method = Version("Version", "Version", timeout: nil)
                _ = try await client.exchange(method, send: { _ in throw Broken() }) { try await $0.single() }
            }
        }
        try await server.stop()
    }

    @Test func aCancelledTaskEndsItsCall() async throws {
        let server = try await ScriptedServer([.silence])
        let socket = server.socket
        let task = Task {
            try await ContainerdClient.connected(to: socket) { client in
                _ = try await client.call(Version("Version", "Version", timeout: nil), .init())
            }
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        try await server.stop()
    }
}

import BundleModel
import NIOCore
import NIOHTTP2
import Signing
import SwiftProtobuf
import Testing

@testable import Containerd

/// Waiting for CRI. The real one is asked in ContainerdTests.
struct KubernetesTests {
    private static let id = SHA256Hasher.hash([])

    /// How waiting for one name ends with a server that answers this.
    private static func outcome(
        _ acts: ScriptedServer.Act..., id: SHA256Digest? = nil, namespace: String = "k8s.io",
        limit: Duration = .milliseconds(300)
    ) async throws -> ContainerdError? {
        let server = try await ScriptedServer(acts)
        let outcome: ContainerdError?
        do {
            try await ContainerdClient.connected(to: server.socket, namespace: namespace) {
                try await ImageLoader($0).awaitKubernetes([("a:1", id)], limit: limit)
            }
            outcome = nil
        } catch let error as ContainerdError {
            outcome = error
        }
        try await server.stop()
        return outcome
    }

    private static func answer(_ id: SHA256Digest?) throws -> ScriptedServer.Act {
        let response = Runtime_V1_ImageStatusResponse.with { response in
            if let id { response.image.id = id.description }
        }
        let bytes: [UInt8] = try response.serializedBytes()
        return .message(.init(data: .byteBuffer(ByteBuffer(bytes: [0, 0, 0, 0, UInt8(bytes.count)] + bytes))))
    }

    @Test func anImageThatIsFoundLaterIsWaitedFor() async throws {
        // Not begun yet, not heard of it yet, then there.
        let outcome = try await Self.outcome(
            .status(2), Self.answer(nil), Self.answer(SHA256Hasher.hash([1])), Self.answer(Self.id), id: Self.id,
            limit: .seconds(60))
        #expect(outcome == nil)
    }

    @Test func anImageThatIsNeverFoundIsAnError() async throws {
        #expect(try await Self.outcome(Self.answer(nil)) == .unseen(["a:1 is not there"]))
        #expect(
            try await Self.outcome(Self.answer(SHA256Hasher.hash([1])), id: Self.id)
                == .unseen(["a:1 is \(SHA256Hasher.hash([1])), expected \(Self.id)"]))
    }

    @Test func whoeverHasNoCRIIsNotWaitedFor() async throws {
        #expect(try await Self.outcome(.status(12)) == nil)
        #expect(try await Self.outcome(Self.answer(nil), namespace: "default") == nil)
    }
}

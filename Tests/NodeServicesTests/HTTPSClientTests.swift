import BundleModel
import NodeServices
import Testing

struct HTTPSClientTests {
    @Test(.timeLimit(.minutes(10))) func aServerThatNeverSpeaksIsGivenUp() async throws {
        let silent = try await LoopbackBackend(.silent)
        let client = try HTTPSClient(
            silent.endpoint, trust: .pin(PublicKeyPin(Samples.digest("pin"))), identity: nil, timeout: 1)
        await #expect(throws: NodeServicesError.timedOut(endpoint: silent.endpoint.description, seconds: 1)) {
            try await client.send(HTTPSRequest(.get, "/"))
        }
        try await silent.kill()
    }
}

import BundleModel
import FoundationEssentials

/// The few requests to the API server that joining and the services need, all in `kube-system` but the nodes.
public struct KubernetesAPI: Sendable {
    private static let namespace = "/api/v1/namespaces/kube-system"
    private let client: HTTPSClient

    public init(_ client: HTTPSClient) {
        self.client = client
    }

    /// - Returns: nil when there is none.
    public func configMap(_ name: String) async throws -> KubernetesObject? {
        try await object("\(Self.namespace)/configmaps/\(name)")
    }

    /// - Returns: nil when there is none.
    public func secret(_ name: String) async throws -> KubernetesObject? {
        try await object("\(Self.namespace)/secrets/\(name)")
    }

    /// - Returns: false when one of that name is there already.
    public func createSecret(_ secret: KubernetesObject) async throws -> Bool {
        let answer = try await send(.post, "\(Self.namespace)/secrets", secret)
        return try isDone(answer, "POST secret \(secret.metadata.name)", unless: 409)
    }

    /// - Parameter secret: with the resource version that it was read at.
    /// - Returns: false when somebody else changed or removed it since.
    public func replaceSecret(_ secret: KubernetesObject) async throws -> Bool {
        let answer = try await send(.put, "\(Self.namespace)/secrets/\(secret.metadata.name)", secret)
        if answer.status == 404 { return false }
        return try isDone(answer, "PUT secret \(secret.metadata.name)", unless: 409)
    }

    /// None there is fine.
    public func deleteSecret(_ name: String) async throws {
        let answer = try await client.send(HTTPSRequest(.delete, "\(Self.namespace)/secrets/\(name)"))
        _ = try isDone(answer, "DELETE secret \(name)", unless: 404)
    }

    /// Served from the API server's cache, so that asking every few seconds costs etcd nothing.
    public func nodes() async throws -> [KubernetesNode] {
        let path = "/api/v1/nodes?resourceVersion=0"
        let answer = try await client.send(HTTPSRequest(.get, path))
        _ = try isDone(answer, "GET nodes", unless: nil)
        return try decode(KubernetesNodeList.self, answer, path).items
    }

    private func object(_ path: String) async throws -> KubernetesObject? {
        let answer = try await client.send(HTTPSRequest(.get, path))
        guard try isDone(answer, "GET \(path)", unless: 404) else { return nil }
        return try decode(KubernetesObject.self, answer, path)
    }

    private func send(
        _ method: HTTPSRequest.Method, _ path: String, _ object: KubernetesObject
    ) async throws -> HTTPSResponse {
        try await client.send(HTTPSRequest(method, path, body: Array(try CanonicalJSON.encodeLine(object))))
    }

    private func isDone(_ answer: HTTPSResponse, _ request: String, unless expected: Int?) throws -> Bool {
        if (200..<300).contains(answer.status) { return true }
        if answer.status == expected { return false }
        throw NodeServicesError.apiRefused(request: request, status: answer.status, reason: answer.excerpt)
    }

    private func decode<Value: Decodable>(_ type: Value.Type, _ answer: HTTPSResponse, _ path: String) throws -> Value {
        do {
            return try CanonicalJSON.decode(type, from: Data(answer.body))
        } catch {
            throw NodeServicesError.badAnswer(
                endpoint: "\(client.endpoint)\(path)", reason: CanonicalJSON.explanation(of: error))
        }
    }
}

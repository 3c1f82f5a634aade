public import BundleModel
import NIOHTTP1

extension RegistryClient {
    /// What a reference names at its registry now: an index or a manifest. Nothing else is fetched.
    ///
    /// - Throws: `FetchError`.
    public nonisolated func digest(of reference: ImageReference) async throws -> SHA256Digest {
        try await first(of: reference) { endpoint in
            let url = endpoint.manifest(reference.manifestReference)
            let told = try await authorized(endpoint, url: url) { authorization in
                try await head(url, authorization: authorization)
            }
            if let told { return told }
            // Registries need not tell a digest in the header.
            return try await manifest(
                reference.manifestReference, of: reference, at: endpoint, expected: reference.digest
            ).digest
        }
    }

    private nonisolated func head(_ url: String, authorization: String?) async throws -> SHA256Digest? {
        var headers = HTTPHeaders()
        for type in OCIMediaType.documents { headers.add(name: "Accept", value: type.rawValue) }
        if let authorization { headers.add(name: "Authorization", value: authorization) }
        return try await cache.repeating { () async throws -> SHA256Digest? in
            let answer = try await transport.get(url, headers: headers, method: .HEAD)
            if let failure = HTTPTransport.failure(answer) { throw failure }
            return answer.headers.first(name: "Docker-Content-Digest").flatMap { try? SHA256Digest($0) }
        }
    }
}

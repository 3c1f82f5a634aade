public import BundleModel
import FoundationEssentials
import NIOHTTP1
import Signing

extension RegistryClient {
    /// What signatures say that they are, or begin with.
    private static let signatureTypes = [
        "application/vnd.dev.cosign.", "application/vnd.dev.sigstore.bundle", "application/vnd.cncf.notary.signature",
    ]

    private struct Referrers: Decodable {
        struct Entry: Decodable {
            var digest: SHA256Digest
            var artifactType: String?
        }
        var manifests: [Entry]
    }

    /// Manifests that hold signatures of an image's index or manifest, sorted: the one that cosign puts under a tag
    /// beside it, else the referrers that say that they are signatures. Nothing is checked, and nothing that goes wrong
    /// is an error.
    public nonisolated func signatures(of digest: SHA256Digest, in reference: ImageReference) async -> [SHA256Digest] {
        guard let address = await firstAnswering(for: reference) else { return [] }
        let endpoint = RegistryEndpoint(address: address, of: reference)
        let tag = endpoint.manifest("sha256-\(digest.hex).sig")
        if let bytes = await extra(tag, endpoint, accept: OCIMediaType.documents),
            (try? OCIDocument(Data(bytes))) != nil
        {
            return [SHA256Hasher.hash(bytes)]
        }
        guard let bytes = await extra(endpoint.referrers(digest), endpoint, accept: [.index]),
            let referrers = try? CanonicalJSON.decode(Referrers.self, from: Data(bytes))
        else { return [] }
        let found = referrers.manifests.filter { entry in
            Self.signatureTypes.contains { entry.artifactType?.hasPrefix($0) == true }
        }
        return Set(found.map(\.digest)).sorted()
    }

    /// A small document that need not be there.
    private nonisolated func extra(
        _ url: String, _ endpoint: RegistryEndpoint, accept: [OCIMediaType]
    ) async -> [UInt8]? {
        try? await document(url, name: "signatures", at: endpoint, accept: accept).bytes
    }

    /// What a reference resolves to now, asked of the registry without fetching it.
    ///
    /// - Throws: `FetchError`.
    public nonisolated func currentDigest(of reference: ImageReference) async throws -> SHA256Digest {
        try await first(of: reference) { endpoint in
            let url = endpoint.manifest(reference.tag ?? reference.manifestReference)
            let told = try await authorized(endpoint, url: url) { authorization in
                try await head(url, authorization: authorization)
            }
            if let told { return told }
            let name = reference.tag ?? reference.manifestReference
            return try await manifest(name, of: reference, at: endpoint, expected: nil).digest
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

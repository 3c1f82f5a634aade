public import BundleModel
import FoundationEssentials
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
    /// beside it, else the referrers that say that they are signatures. Nothing is checked.
    ///
    /// - Throws: `FetchError` where the registry does not tell. An offline run knows what the last one was told.
    public nonisolated func signatures(
        of digest: SHA256Digest, in reference: ImageReference
    ) async throws -> [SHA256Digest] {
        guard let address = await firstAnswering(for: reference) else { return [] }
        let endpoint = RegistryEndpoint(address: address, of: reference)
        let tag = "sha256-\(digest.hex)"
        if let bytes = try await extra(endpoint.manifest("\(tag).sig"), endpoint, accept: OCIMediaType.documents),
            (try? OCIDocument(Data(bytes))) != nil
        {
            return [SHA256Hasher.hash(bytes)]
        }
        var list = try await extra(endpoint.referrers(digest), endpoint, accept: [.index])
        // Where a registry does not keep the list, those who add to it do, under a tag (the OCI distribution's fallback).
        if list == nil { list = try await extra(endpoint.manifest(tag), endpoint, accept: [.index]) }
        guard let list, let referrers = try? CanonicalJSON.decode(Referrers.self, from: Data(list)) else { return [] }
        let found = referrers.manifests.filter { entry in
            Self.signatureTypes.contains { entry.artifactType?.hasPrefix($0) == true }
        }
        return Set(found.map(\.digest)).sorted()
    }

    /// A small document that need not be there; nil where it is not, or where the registry does not know the question.
    private nonisolated func extra(
        _ url: String, _ endpoint: RegistryEndpoint, accept: [OCIMediaType]
    ) async throws -> [UInt8]? {
        do {
            return try await document(url, name: "signatures", at: endpoint, accept: accept).bytes
        } catch FetchError.notFound, FetchError.notCached {
            return nil
        } catch FetchError.badStatus(_, let status, _) where [400, 405, 406, 501].contains(status) {
            return nil
        }
    }
}

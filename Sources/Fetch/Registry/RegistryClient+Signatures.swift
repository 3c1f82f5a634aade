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
}

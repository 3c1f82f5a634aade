import BundleModel
import FoundationEssentials
import NIOCore
import NIOHTTP1
import Signing

extension RegistryClient {
    struct FetchedManifest {
        let url: String
        let bytes: [UInt8]
        let digest: SHA256Digest
        let document: OCIDocument
    }

    /// - Parameters:
    ///   - expected: nil for a tag.
    ///   - size: bytes, where an index says how many.
    func manifest(_ url: String, base: String, expected: SHA256Digest?, size: UInt64? = nil) async throws
        -> FetchedManifest
    {
        var headers = HTTPHeaders()
        for type in OCIMediaType.documents { headers.add(name: "Accept", value: type.rawValue) }
        let (bytes, contentType) = try await cache.repeating {
            let answer = try await authorized(url, base: base, headers: headers)
            if answer.isHTML { throw FetchError.html(url: url) }
            let buffer = try await transport.classify(url) { try await answer.body.collect(upTo: 4 << 20) }
            return (Array(buffer.readableBytesView), answer.headers.first(name: "Content-Type") ?? "")
        }
        let digest = SHA256Hasher.hash(bytes)
        if let expected, digest != expected {
            throw FetchError.wrongDigest(url: url, expected: expected, actual: digest)
        }
        if let size, UInt64(bytes.count) != size {
            throw FetchError.wrongSize(url: url, expected: size, actual: UInt64(bytes.count))
        }
        do {
            let type = OCIMediaType(rawValue: String(contentType.prefix { $0 != ";" }))
            return FetchedManifest(
                url: url, bytes: bytes, digest: digest, document: try OCIDocument(Data(bytes), cameAs: type))
        } catch {
            throw FetchError.badAnswer(
                url: url, reason: "not an image's manifest: \(CanonicalJSON.explanation(of: error))")
        }
    }
}

import BundleModel
import FoundationEssentials
import Host
import NIOHTTP1
import Signing
import SystemPackage

extension RegistryClient {
    struct FetchedManifest {
        let url: String
        let bytes: [UInt8]
        let digest: SHA256Digest
        let document: OCIDocument
    }

    /// An image as its documents describe it.
    struct FoundImage {
        let endpoint: RegistryEndpoint
        /// What the reference names: an index or the manifest itself.
        let top: FetchedManifest
        /// The manifest of the platform.
        let chosen: FetchedManifest
        /// Config first, then layers, each content once.
        let descriptors: [OCIDescriptor]

        /// The index, where there is one, and the manifest.
        var documents: [FetchedManifest] { top.digest == chosen.digest ? [top] : [top, chosen] }
    }

    private struct Version: Decodable { let schemaVersion: Int }

    /// The manifest of one platform, and the contents that it names.
    nonisolated func resolve(
        _ reference: ImageReference, architecture: CPUArchitecture, at endpoint: RegistryEndpoint
    ) async throws -> FoundImage {
        let top = try await manifest(
            reference.manifestReference, of: reference, at: endpoint, expected: reference.digest)
        var chosen = top
        if case .index(let index) = top.document.content {
            let platform = OCIPlatform(architecture)
            guard let descriptor = index.manifest(for: platform) else {
                throw FetchError.noPlatform(
                    image: reference.description, wanted: platform.description,
                    offered: Self.short(index.manifests.compactMap(\.platform?.description)))
            }
            chosen = try await manifest(
                descriptor.digest.description, of: reference, at: endpoint, expected: descriptor.digest,
                cameAs: descriptor.mediaType, size: descriptor.size)
        }
        guard case .manifest(let image) = chosen.document.content else {
            throw FetchError.badAnswer(url: chosen.url, reason: "an index where an index named a manifest")
        }
        if let foreign = image.foreignLayer {
            throw FetchError.badAnswer(
                url: chosen.url,
                reason: "layer \(foreign.digest) is not distributable ('\(foreign.mediaType.rawValue)'): it cannot be "
                    + "in a bundle")
        }
        if let large = image.contents.first(where: { $0.size > PartMap.largest }) {
            throw FetchError.badAnswer(
                url: chosen.url,
                reason: "\(large.digest) is said to have \(large.size) bytes, expected at most \(PartMap.largest)")
        }
        return FoundImage(endpoint: endpoint, top: top, chosen: chosen, descriptors: image.contents)
    }

    /// - Parameters:
    ///   - name: a tag or a digest.
    ///   - expected: nil for a tag. With a digest, what is in the cache needs no registry.
    ///   - type: where an index says it.
    ///   - size: bytes, where an index says how many.
    nonisolated func manifest(
        _ name: String, of reference: ImageReference, at endpoint: RegistryEndpoint, expected: SHA256Digest?,
        cameAs type: OCIMediaType? = nil, size: UInt64? = nil
    ) async throws -> FetchedManifest {
        let url = endpoint.manifest(name)
        let limit = Int(ImageMember.documentLimit)
        if let expected, let kept = try await cache.contains(expected), kept.size <= UInt64(limit) {
            let bytes = try FileSystem.read(kept.path, limit: limit)
            return try parsed(bytes, expected, cameAs: type, of: reference, url: url)
        }
        let answer = try await document(
            url, name: "manifest of \(reference)", at: endpoint, accept: OCIMediaType.documents)
        let digest = SHA256Hasher.hash(answer.bytes)
        if let expected, digest != expected {
            throw FetchError.wrongDigest(url: url, expected: expected, actual: digest)
        }
        if let size, UInt64(answer.bytes.count) != size {
            throw FetchError.wrongSize(url: url, expected: size, actual: UInt64(answer.bytes.count))
        }
        let header = answer.contentType.map { OCIMediaType(rawValue: String($0.prefix { $0 != ";" })) }
        let manifest = try parsed(answer.bytes, digest, cameAs: type ?? header, of: reference, url: url)
        // A lock asks for it by its digest later, perhaps where there is no registry.
        _ = try cache.keep(answer.bytes, proof: UpstreamProof(kind: .contentDigest, source: url))
        return manifest
    }

    /// A small document, remembered for runs without a network.
    nonisolated func document(
        _ url: String, name: String, at endpoint: RegistryEndpoint, accept: [OCIMediaType]
    ) async throws -> CachedDocument {
        try await authorized(endpoint, url: url) { authorization in
            try await cache.document(
                [url], name: name, limit: Int(ImageMember.documentLimit),
                asking: { url in
                    var headers = HTTPHeaders()
                    for type in accept { headers.add(name: "Accept", value: type.rawValue) }
                    if let authorization { headers.add(name: "Authorization", value: authorization) }
                    let answer = try await transport.get(url, headers: headers)
                    if let failure = HTTPTransport.failure(answer) { throw failure }
                    return answer
                })
        }
    }

    private nonisolated func parsed(
        _ bytes: [UInt8], _ digest: SHA256Digest, cameAs type: OCIMediaType?, of reference: ImageReference, url: String
    ) throws -> FetchedManifest {
        do {
            let document = try OCIDocument(Data(bytes), cameAs: type)
            return FetchedManifest(url: url, bytes: bytes, digest: digest, document: document)
        } catch {
            if let version = try? CanonicalJSON.decode(Version.self, from: Data(bytes)), version.schemaVersion == 1 {
                throw FetchError.badAnswer(
                    url: url,
                    reason: "\(reference) has a manifest of Docker's schema 1, which containerd does not load any "
                        + "more: it has to be pushed anew by a current tool")
            }
            throw FetchError.badAnswer(
                url: url, reason: "not an image's manifest: \(CanonicalJSON.explanation(of: error))")
        }
    }

    /// Refuses another platform's image where no index said which one it is of, as containerd does.
    static func require(_ architecture: CPUArchitecture, config: FilePath, of reference: ImageReference) throws {
        let wanted = OCIPlatform(architecture)
        // A config that does not say it is refused when the layers are checked.
        guard let bytes = try? FileSystem.read(config, limit: Int(ImageMember.documentLimit)),
            let platform = try? CanonicalJSON.decode(OCIPlatform.self, from: Data(bytes)), !platform.serves(wanted)
        else { return }
        throw FetchError.noPlatform(
            image: reference.description, wanted: wanted.description, offered: [platform.description])
    }

    /// For a message: each once, and not thousands.
    private static func short(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        let each = names.filter { seen.insert($0).inserted }
        return each.count <= 20 ? each : Array(each.prefix(20)) + ["\(each.count - 20) more"]
    }
}

public import BundleModel

/// Pulls images by the OCI distribution protocol, one platform each, every digest and size checked.
public actor RegistryClient {
    let transport: HTTPTransport
    let cache: ArtifactCache
    let credentials: RegistryCredentials
    private nonisolated let sources: SourcesFile
    /// Authorization headers by registry and repository.
    private var authorizations: [String: String] = [:]

    public init(
        sources: SourcesFile, transport: HTTPTransport, cache: ArtifactCache,
        credentials: RegistryCredentials = RegistryCredentials()
    ) {
        self.sources = sources
        self.transport = transport
        self.cache = cache
        self.credentials = credentials
    }

    /// Resolves a reference for one platform and fetches everything that belongs to it.
    ///
    /// - Throws: `FetchError`.
    public func pull(_ reference: ImageReference, architecture: CPUArchitecture) async throws -> PulledImage {
        let (top, chosen, descriptors, base) = try await resolve(reference, architecture: architecture)
        let fetched = try await blobs(descriptors, repository: reference.repository, base: base)
        let blobs = try descriptors.map { descriptor in
            guard let blob = fetched[descriptor.digest], blob.size == descriptor.size else {
                throw FetchError.wrongSize(
                    url: "\(base)/blobs/\(descriptor.digest)", expected: descriptor.size,
                    actual: fetched[descriptor.digest]?.size ?? 0)
            }
            return PulledImage.Blob(digest: blob.sha256, size: blob.size, path: blob.path)
        }
        let documents = (top.digest == chosen.digest ? [top] : [top, chosen]).map {
            PulledImage.Document(digest: $0.digest, bytes: $0.bytes)
        }
        let target = OCIDescriptor(
            mediaType: top.document.mediaType, digest: top.digest, size: UInt64(top.bytes.count))
        return PulledImage(
            reference: reference, target: target, manifest: chosen.digest, documents: documents, blobs: blobs,
            source: address(of: reference))
    }

    /// Bytes that `pull` would give, by the manifests alone: nothing else is fetched.
    ///
    /// - Throws: `FetchError`.
    public func size(of reference: ImageReference, architecture: CPUArchitecture) async throws -> UInt64 {
        let (top, chosen, descriptors, _) = try await resolve(reference, architecture: architecture)
        let documents = top.digest == chosen.digest ? top.bytes.count : top.bytes.count + chosen.bytes.count
        return try descriptors.reduce(UInt64(documents)) { total, descriptor in
            let (sum, overflow) = total.addingReportingOverflow(descriptor.size)
            guard !overflow else { throw FetchError.badAnswer(url: chosen.url, reason: "its sizes have no sum") }
            return sum
        }
    }

    /// The address of the registry that serves an image.
    public nonisolated func address(of reference: ImageReference) -> String { sources.registry(of: reference) }

    /// The manifest of one platform, and the contents that it names, each once.
    private func resolve(_ reference: ImageReference, architecture: CPUArchitecture) async throws -> (
        top: FetchedManifest, chosen: FetchedManifest, descriptors: [OCIDescriptor], base: String
    ) {
        let base = "\(address(of: reference))/v2/\(reference.repository)"
        let top = try await manifest(
            "\(base)/manifests/\(reference.manifestReference)", base: base, expected: reference.digest)
        var chosen = top
        if case .index(let index) = top.document.content {
            let platform = OCIPlatform(architecture)
            guard let descriptor = index.manifest(for: platform) else {
                throw FetchError.noPlatform(
                    image: reference.description, wanted: platform.description,
                    offered: index.manifests.compactMap(\.platform?.description))
            }
            chosen = try await manifest(
                "\(base)/manifests/\(descriptor.digest)", base: base, expected: descriptor.digest,
                size: descriptor.size)
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
        return (top, chosen, image.contents, base)
    }

    private func blobs(_ descriptors: [OCIDescriptor], repository: String, base: String) async throws
        -> [SHA256Digest: CachedArtifact]
    {
        try await withThrowingTaskGroup(of: CachedArtifact.self) { group in
            var fetched: [SHA256Digest: CachedArtifact] = [:]
            for (number, descriptor) in descriptors.enumerated() {
                // Four at a time: more gains nothing from one registry and invites 429.
                if number >= 4, let blob = try await group.next() { fetched[blob.sha256] = blob }
                let url = "\(base)/blobs/\(descriptor.digest)"
                let request = FetchRequest(
                    name: "\(repository) blob \(number)", url: url,
                    expectation: .sha256(descriptor.digest, proof: UpstreamProof(kind: .contentDigest, source: url)),
                    authorization: authorizations[base], size: descriptor.size)
                group.addTask { try await self.blob(request, base: base) }
            }
            for try await blob in group { fetched[blob.sha256] = blob }
            return fetched
        }
    }

    /// Asks for a new token where the one at hand has run out, once.
    private nonisolated func blob(_ request: FetchRequest, base: String) async throws -> CachedArtifact {
        do {
            return try await cache.fetch(request)
        } catch FetchError.refused(_, 401, _) {
            var second = request
            second.authorization = try await renewed(request.authorization, url: request.url, base: base)
            return try await cache.fetch(second)
        }
    }

    func known(_ base: String) -> String? { authorizations[base] }

    func remember(_ authorization: String?, for base: String) { authorizations[base] = authorization }
}

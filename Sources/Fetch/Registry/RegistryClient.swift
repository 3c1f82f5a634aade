public import BundleModel

/// Pulls images by the OCI distribution protocol, one platform each, every digest and size checked.
///
/// A registry may have several addresses. They are asked in their order, beginning with the one that answered last;
/// what one refuses or does not have, the next may give.
public actor RegistryClient {
    /// Of one image at once. With several images that is more than there are connections.
    private static let blobsAtOnce = 8

    let transport: HTTPTransport
    let cache: ArtifactCache
    let credentials: RegistryCredentials
    private nonisolated let sources: SourcesFile
    var authorizations: [RegistryEndpoint: RegistryAuthorization] = [:]
    nonisolated let renewals = SharedWork<RegistryEndpoint, RegistryAuthorization>()
    /// By server; nil for one that a helper has no login for.
    var logins: [String: RegistryLogin?] = [:]
    nonisolated let questions = SharedWork<String, RegistryLogin?>()
    /// By registry: the address that answered last.
    private var answering: [String: String] = [:]

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
    /// - Parameter progress: is told of addresses that failed where another one is there.
    /// - Throws: `FetchError`.
    public nonisolated func pull(
        _ reference: ImageReference, architecture: CPUArchitecture, progress: any ProgressSink = SilentProgress()
    ) async throws -> PulledImage {
        let found = try await first(of: reference, progress) { endpoint in
            try await resolve(reference, architecture: architecture, at: endpoint)
        }
        let fetched = try await blobs(found.descriptors, of: reference, progress)
        let blobs = try found.descriptors.map { descriptor in
            guard let blob = fetched[descriptor.digest], blob.size == descriptor.size else {
                throw FetchError.wrongSize(
                    url: found.endpoint.blob(descriptor.digest), expected: descriptor.size,
                    actual: fetched[descriptor.digest]?.size ?? 0)
            }
            return PulledImage.Blob(digest: blob.sha256, size: blob.size, path: blob.path)
        }
        if found.top.digest == found.chosen.digest, let config = blobs.first {
            try Self.require(architecture, config: config.path, of: reference)
        }
        let documents = found.documents.map { PulledImage.Document(digest: $0.digest, bytes: $0.bytes) }
        let target = OCIDescriptor(
            mediaType: found.top.document.mediaType, digest: found.top.digest, size: UInt64(found.top.bytes.count))
        return PulledImage(
            reference: reference, target: target, manifest: found.chosen.digest, documents: documents, blobs: blobs,
            source: found.endpoint.address)
    }

    /// Bytes that `pull` would give, by the manifests alone: nothing else is fetched.
    ///
    /// - Throws: `FetchError`.
    public nonisolated func size(
        of reference: ImageReference, architecture: CPUArchitecture, progress: any ProgressSink = SilentProgress()
    ) async throws -> UInt64 {
        let found = try await first(of: reference, progress) { endpoint in
            try await resolve(reference, architecture: architecture, at: endpoint)
        }
        let documents = found.documents.reduce(0) { $0 + $1.bytes.count }
        return try found.descriptors.reduce(UInt64(documents)) { total, descriptor in
            let (sum, overflow) = total.addingReportingOverflow(descriptor.size)
            guard !overflow else {
                throw FetchError.badAnswer(url: found.chosen.url, reason: "its sizes have no sum")
            }
            return sum
        }
    }

    /// The first address of the registry that serves an image.
    public nonisolated func address(of reference: ImageReference) -> String { sources.registry(of: reference) }

    /// Asks one address after the other until one gives what is wanted.
    nonisolated func first<Result>(
        of reference: ImageReference, _ progress: any ProgressSink = SilentProgress(),
        _ request: (RegistryEndpoint) async throws -> Result
    ) async throws -> Result {
        var addresses = sources.registries(of: reference)
        if let last = await answering[reference.registry], addresses.contains(last) {
            addresses = [last] + addresses.filter { $0 != last }
        }
        var failure: FetchError?
        for address in addresses {
            do {
                let result = try await request(RegistryEndpoint(address: address, of: reference))
                if addresses.count > 1 { await prefer(address, for: reference.registry) }
                return result
            } catch let error as FetchError where addresses.count > 1 && error.mayBeElsewhere {
                try Task.checkCancellation()
                progress.report(
                    ProgressEvent(
                        kind: .note, task: "pull \(reference)",
                        detail: address == addresses.last
                            ? error.message : "\(error.message); trying the next address"))
                failure = failure ?? error
            }
        }
        throw failure ?? FetchError.badSource("no address for the registry '\(reference.registry)'")
    }

    /// The address that answered last, or the first.
    func firstAnswering(for reference: ImageReference) -> String? {
        let addresses = sources.registries(of: reference)
        return addresses.first { $0 == answering[reference.registry] } ?? addresses.first
    }

    private func prefer(_ address: String, for registry: String) { answering[registry] = address }

    private nonisolated func blobs(
        _ descriptors: [OCIDescriptor], of reference: ImageReference, _ progress: any ProgressSink
    ) async throws -> [SHA256Digest: CachedArtifact] {
        try await withThrowingTaskGroup(of: CachedArtifact.self) { group in
            var fetched: [SHA256Digest: CachedArtifact] = [:]
            for (number, descriptor) in descriptors.enumerated() {
                if number >= Self.blobsAtOnce, let blob = try await group.next() { fetched[blob.sha256] = blob }
                group.addTask {
                    try await self.blob(
                        descriptor, name: "\(reference.repository) blob \(number)", of: reference, progress)
                }
            }
            for try await blob in group { fetched[blob.sha256] = blob }
            return fetched
        }
    }

    private nonisolated func blob(
        _ descriptor: OCIDescriptor, name: String, of reference: ImageReference, _ progress: any ProgressSink
    ) async throws -> CachedArtifact {
        try await first(of: reference, progress) { endpoint in
            let url = endpoint.blob(descriptor.digest)
            return try await authorized(endpoint, url: url) { authorization in
                try await cache.fetch(
                    FetchRequest(
                        name: name, url: url,
                        expectation: .sha256(
                            descriptor.digest, proof: UpstreamProof(kind: .contentDigest, source: url)),
                        authorization: authorization, size: descriptor.size))
            }
        }
    }
}

extension FetchError {
    /// Whether another address may give what this one did not.
    fileprivate var mayBeElsewhere: Bool {
        if case .notCached = self { return true }
        return isUpstreams
    }
}

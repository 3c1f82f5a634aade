public import BundleModel
public import SystemPackage

/// Images on this machine first, in the order in which they were named, then registries.
public struct ImageSources: ImageProvider {
    private let layouts: [ImageLayout]
    private let registry: any ImageProvider
    private let recordsSignatures: Bool

    /// Reads the local sources, so that what is wrong with them comes before anything is fetched.
    ///
    /// - Parameters:
    ///   - cache: a folder where archives are unpacked, once.
    ///   - recordsSignatures: whether registries are asked for signatures.
    /// - Throws: `BundleBuildError`, `HostError`.
    public static func open(
        _ sources: [LocalImageSource], registry: any ImageProvider, cache: FilePath, recordsSignatures: Bool = true,
        progress: any ProgressSink
    ) async throws -> ImageSources {
        var layouts: [ImageLayout] = []
        for source in sources { layouts.append(try await source.open(cache: cache, progress: progress)) }
        return ImageSources(layouts: layouts, registry: registry, recordsSignatures: recordsSignatures)
    }

    public func location(of reference: ImageReference) -> String {
        guard let (layout, _) = try? local(reference) else { return registry.location(of: reference) }
        return layout.source
    }

    public func size(of reference: ImageReference, architecture: CPUArchitecture) async throws -> UInt64? {
        guard let (layout, top) = try local(reference) else {
            return try await registry.size(of: reference, architecture: architecture)
        }
        return try layout.size(of: reference, top: top, architecture: architecture)
    }

    public func digest(of reference: ImageReference) async throws -> SHA256Digest? {
        if let (_, top) = try local(reference) { return top.digest }
        return try await registry.digest(of: reference)
    }

    public func obtain(
        _ reference: ImageReference, pinned: SHA256Digest?, architecture: CPUArchitecture,
        progress: any ProgressSink
    ) async throws -> ObtainedImage {
        let here = if let pinned { try local(pinned) } else { try local(reference) }
        if let (layout, top) = here {
            return try await layout.obtain(reference, top: top, architecture: architecture)
        }
        // The name is here with other content: whoever named the source meant it, so nobody else is asked.
        if let pinned, let (_, top) = try local(reference) {
            throw BundleBuildError.wrongChecksum(reference.description, expected: pinned, actual: top.digest)
        }
        var image = try await registry.obtain(
            reference, pinned: pinned, architecture: architecture, progress: progress)
        // A lock has them already, as they were then.
        if recordsSignatures, pinned == nil {
            do {
                let signatures = try await registry.signatures(of: image)
                image.signatures = signatures.isEmpty ? nil : signatures
            } catch let error as any Diagnostic {
                // The image is whole without them; whoever looks for one in the lock has to know why there is none.
                progress.report(
                    ProgressEvent(
                        kind: .note, task: "pull \(reference)",
                        detail: "its signatures are not recorded: \(error.message)"))
            }
        }
        return image
    }

    private func local(_ reference: ImageReference) throws -> (layout: ImageLayout, top: OCIDescriptor)? {
        for layout in layouts {
            if let top = try layout.entry(for: reference) { return (layout, top) }
        }
        return nil
    }

    private func local(_ digest: SHA256Digest) throws -> (layout: ImageLayout, top: OCIDescriptor)? {
        for layout in layouts {
            if let top = try layout.entry(of: digest) { return (layout, top) }
        }
        return nil
    }
}

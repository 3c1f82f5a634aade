public import BundleModel
public import SystemPackage

/// Images on this machine first, in the order in which they were named, then registries. Sources that have a name for
/// other architectures only are passed over.
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

    public func location(of reference: ImageReference, architecture: CPUArchitecture) -> String {
        let image = (try? local(reference, architecture))?.image
        return image?.layout.source ?? registry.location(of: reference, architecture: architecture)
    }

    public func size(of reference: ImageReference, architecture: CPUArchitecture) async throws -> UInt64? {
        if let image = try local(reference, architecture).image { return try image.size() }
        return try await registry.size(of: reference, architecture: architecture)
    }

    public func digest(of reference: ImageReference, architecture: CPUArchitecture) async throws -> SHA256Digest? {
        if let image = try local(reference, architecture).image { return image.top.digest }
        return try await registry.digest(of: reference, architecture: architecture)
    }

    public func obtain(
        _ reference: ImageReference, pinned: SHA256Digest?, architecture: CPUArchitecture,
        progress: any ProgressSink
    ) async throws -> ObtainedImage {
        if let pinned, let image = try local(pinned, as: reference, architecture) { return try await image.obtain() }
        let named = try local(reference, architecture)
        if let image = named.image {
            guard let pinned else { return try await image.obtain() }
            // The name is here with other content: whoever named the source meant it, so nobody else is asked.
            throw BundleBuildError.wrongChecksum(reference.description, expected: pinned, actual: image.top.digest)
        }
        var image = try await fetch(reference, pinned, architecture, passed: named.passed, progress)
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

    /// Asks the registry.
    ///
    /// - Parameter passed: sources that have the name for other architectures.
    private func fetch(
        _ reference: ImageReference, _ pinned: SHA256Digest?, _ architecture: CPUArchitecture, passed: [String],
        _ progress: any ProgressSink
    ) async throws -> ObtainedImage {
        let (what, places) = ("\(reference) for \(architecture.rawValue)", passed.joined(separator: ", "))
        if !passed.isEmpty {
            let next = registry.location(of: reference, architecture: architecture)
            progress.report(
                ProgressEvent(
                    kind: .note, task: "pull \(reference)", detail: "\(what) is not in \(places): asking \(next)"))
        }
        do {
            return try await registry.obtain(
                reference, pinned: pinned, architecture: architecture, progress: progress)
        } catch let error as any Diagnostic where error.category == .missingArtifact && !passed.isEmpty {
            throw BundleBuildError.missing(what, lookedIn: "\(places); \(error.message)")
        }
    }

    /// The first source that has an image for an architecture.
    ///
    /// - Returns: `passed`: those before it that have the name for others.
    private func local(
        _ reference: ImageReference, _ architecture: CPUArchitecture
    ) throws -> (image: LayoutImage?, passed: [String]) {
        var passed: [String] = []
        for layout in layouts {
            let entries = try layout.entries(for: reference)
            for top in entries {
                if let image = try layout.image(top, as: reference, for: architecture) { return (image, passed) }
            }
            if !entries.isEmpty { passed.append(layout.source) }
        }
        return (nil, passed)
    }

    private func local(
        _ digest: SHA256Digest, as reference: ImageReference, _ architecture: CPUArchitecture
    ) throws -> LayoutImage? {
        for layout in layouts {
            guard let top = try layout.entry(of: digest) else { continue }
            if let image = try layout.image(top, as: reference, for: architecture) { return image }
        }
        return nil
    }
}

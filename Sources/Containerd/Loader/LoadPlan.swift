import BundleModel

/// What there is to do: the snapshots that are missing, and the members of the packs that they and the kept blobs need.
struct LoadPlan: Sendable {
    /// A snapshot to be made. After the one below it.
    struct Step: Sendable, Hashable {
        let chain: SHA256Digest
        let parent: SHA256Digest?
        let diffID: SHA256Digest
        let blob: OCIDescriptor
        /// Whether the blob stays, as published.
        var isKept = false
    }

    /// A member to be read.
    struct Wanted: Sendable {
        let blob: OCIDescriptor
        /// Whether the blob stays; else it goes once its last snapshot is made.
        var isKept: Bool
    }

    private(set) var steps: [Step] = []
    /// By the member's path.
    private(set) var wanted: [String: Wanted] = [:]
    /// Of the members that are wanted.
    private(set) var bytes: UInt64 = 0

    /// - Parameters:
    ///   - members: of all packs.
    ///   - chains: that are there.
    ///   - blobs: that are there, of those that images keep.
    /// - Throws: `ContainerdError.missingFromPacks`.
    init(
        _ images: [ImagePlan], members: [Pack.Member], chains: Set<SHA256Digest>, blobs: Set<SHA256Digest>
    ) throws {
        let sizes = Dictionary(members.map { ($0.path, $0.size) }) { first, _ in first }
        var known = chains
        var missing: [String] = []
        for image in images {
            for blob in image.keptBlobs where !blobs.contains(blob.digest) {
                want("blobs/sha256/\(blob.digest.hex)", blob, isKept: true)
            }
            for layer in image.layers where known.insert(layer.chain).inserted {
                var blob = layer.blob
                if !image.image.keepsBlobs {
                    let path = "layers/sha256/\(layer.diffID.hex)"
                    blob = OCIDescriptor(
                        mediaType: .layer(.none), digest: layer.diffID, size: sizes[path] ?? 0)
                    want(path, blob, isKept: false)
                }
                steps.append(
                    Step(
                        chain: layer.chain, parent: layer.parent, diffID: layer.diffID, blob: blob,
                        isKept: image.image.keepsBlobs))
            }
        }
        keepWhatIsKeptElsewhere()
        for (path, member) in wanted {
            if sizes[path] != member.blob.size { missing.append(path) }
            bytes += member.blob.size
        }
        guard missing.isEmpty else { throw ContainerdError.missingFromPacks(missing.sorted()) }
    }

    private mutating func want(_ path: String, _ blob: OCIDescriptor, isKept: Bool) {
        if wanted[path] == nil { wanted[path] = Wanted(blob: blob, isKept: isKept) }
    }

    /// A layer that was published uncompressed may be a blob of one image and a layer of another: one blob in containerd.
    private mutating func keepWhatIsKeptElsewhere() {
        let kept = Set(wanted.values.filter(\.isKept).map(\.blob.digest))
        for (path, member) in wanted where kept.contains(member.blob.digest) {
            wanted[path]?.isKept = true
        }
    }
}

import BundleModel

/// Everything that goes into a bundle, on local disk and checked.
struct GatheredContent {
    var release: Release
    /// The lock's entry, its definition, and the file.
    var artifacts: [(entry: Artifact, definition: ArtifactDefinition, file: ObtainedArtifact)] = []
    /// What of the lock no node has: charts.
    var charts: [Artifact] = []
    /// What became of the charts.
    var rendered: [(entry: LockedChart, file: ObtainedArtifact)] = []
    var images: [(entry: LockedImage, image: ObtainedImage)] = []
    /// By operating system release, each in install order.
    var packages: [(osRelease: String, entry: Artifact, package: ObtainedPackage)] = []
    /// Everything that names an image.
    var mentions: [ImageMention] = []
    var notes: [String] = []

    /// All entries of the lock but the images, sorted.
    var entries: [Artifact] {
        (artifacts.map(\.entry) + charts + packages.map(\.entry)).sorted {
            ($0.name, $0.osRelease ?? "") < ($1.name, $1.osRelease ?? "")
        }
    }

    /// Bytes that unpacking and packing may need at most, beside what is there already: archives unpack to less than
    /// four times their size and executables pack to less than half; each pack exists twice until the file is whole.
    /// Layers pack to less than they have as published, but for the lowest levels, where it may be a tenth more.
    func neededSpace(head: UInt64) -> UInt64 {
        let archives = artifacts.filter { $0.entry.kind == .archive }.reduce(UInt64(0)) { $0 + $1.entry.size }
        let others =
            artifacts.filter { $0.entry.kind != .archive }.reduce(UInt64(0)) { $0 + $1.entry.size }
            + rendered.reduce(UInt64(0)) { $0 + $1.entry.size }
        let blobs = images.reduce(UInt64(0)) { $0 + $1.entry.size }
        let debs = packages.reduce(UInt64(0)) { $0 + $1.entry.size }
        return archives * 4 + 2 * (others / 2 + archives + blobs + blobs / 8 + debs) + head
    }
}

import BundleBuild
import BundleModel

/// `plan --format json`.
struct PlanReport: Codable {
    struct ArtifactLine: Codable {
        var name: String
        var version: String
        /// Bytes; nil where nobody told.
        var size: UInt64?
        /// Why the size is not known.
        var sizeUnknown: String?
        /// SPDX expression.
        var license: String
        /// Where it would come from.
        var source: String
        /// False where upstream publishes no checksum.
        var hasPublishedChecksum: Bool
    }

    struct ImageLine: Codable {
        var reference: String
        /// Bytes of manifest, config and layers; nil where nobody told.
        var size: UInt64?
        /// Why the size is not known.
        var sizeUnknown: String?
        /// Of the image's main program; nil for images that were asked for.
        var license: String?
        var roles: [NodeRole]
        /// How the bundle would store its layers.
        var layers: LockedImage.Layers
        /// Who says that it is needed: the matrix, or the command line.
        var listedBy: String
        var source: String
    }

    struct PackageLine: Codable {
        var name: String
        var osRelease: String
        var license: String
        var source: String
    }

    struct Total: Codable {
        var artifacts: Int
        var images: Int
        /// Bytes of all known sizes. Layers that images share count in each, and are fetched once.
        var knownSize: UInt64
        /// How many sizes are not known.
        var unknown: Int
    }

    var schemaVersion = 1
    var architecture: CPUArchitecture
    var status: TestStatus
    var release: Release
    var artifacts: [ArtifactLine]
    var images: [ImageLine]
    /// What is asked for by name; what these need besides is known when the archive's index is read.
    var packages: [PackageLine]
    var total: Total
    var osReleases: [String]
    var notes: [String]

    init(
        _ plan: BuildPlan, sizes: PlanSizes, packageSource: String,
        artifactLocation: (PlannedArtifact) throws -> String,
        imageLocation: (ImageReference) -> String
    ) rethrows {
        architecture = plan.architecture
        status = plan.status
        release = plan.release
        artifacts = try plan.artifacts.map { artifact in
            let (size, unknown) = Self.split(sizes.artifacts[artifact.name])
            return ArtifactLine(
                name: artifact.name, version: artifact.version.description, size: size, sizeUnknown: unknown,
                license: artifact.license, source: try artifactLocation(artifact),
                hasPublishedChecksum: artifact.checksumPath != nil)
        }
        images = plan.images.map { image in
            let (size, unknown) = Self.split(sizes.images[image.reference])
            let isAskedFor = plan.extraImages.contains(image.reference)
            return ImageLine(
                reference: image.reference.description, size: size, sizeUnknown: unknown,
                license: isAskedFor ? nil : plan.imageLicense, roles: image.roles,
                layers: plan.originalLayers.contains(image.reference) ? .original : .unpacked,
                listedBy: isAskedFor ? "--image" : "matrix", source: imageLocation(image.reference))
        }
        packages = plan.osReleases.flatMap { release in
            (OSRelease.find(release)?.hostPackages ?? []).map {
                PackageLine(name: $0, osRelease: release, license: AptPackages.license, source: packageSource)
            }
        }
        let all = artifacts.map(\.size) + images.map(\.size)
        total = Total(
            artifacts: artifacts.count, images: images.count,
            knownSize: all.compactMap(\.self).reduce(0) { sum, size in
                // Upstreams say what they like: an absurd size must not end the program.
                let (value, overflow) = sum.addingReportingOverflow(size)
                return overflow ? .max : value
            }, unknown: all.count { $0 == nil })
        osReleases = plan.osReleases
        notes = plan.notes
    }

    private static func split(_ size: PlannedSize?) -> (UInt64?, String?) {
        switch size {
        case .known(let bytes): (bytes, nil)
        case .unknown(let reason): (nil, reason)
        case nil: (nil, "nobody was asked")
        }
    }
}

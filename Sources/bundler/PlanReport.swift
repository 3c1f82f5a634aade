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
        /// Who says that it is needed: the matrix, an add-on by its name, a manifest, or the command line.
        var listedBy: String
        var source: String
    }

    struct PackageLine: Codable {
        var name: String
        var osRelease: String
        var license: String
        var source: String
    }

    /// An add-on, the pod network, or something of the operator's own.
    struct AddOnLine: Codable {
        var name: String
        var version: String
        /// SPDX expression; nil for what is the operator's own.
        var license: String?
        /// What a first master applies, as paths on the node, in order.
        var manifests: [String]
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
    /// The pod network first, where it comes as manifests; then in the order in which they are applied.
    var addOns: [AddOnLine]
    /// What is asked for by name; what these need besides is known when the archive's index is read.
    var packages: [PackageLine]
    var total: Total
    var osReleases: [String]
    var notes: [String]

    init(
        _ plan: BuildPlan, mentions: [ImageMention], sizes: PlanSizes, packageSource: String, furtherPackages: [String],
        artifactLocation: (PlannedArtifact) throws -> String,
        imageLocation: (ImageReference, CPUArchitecture) -> String
    ) rethrows {
        architecture = plan.architecture
        status = plan.status
        release = plan.release
        artifacts = try plan.artifacts.map { artifact in
            let (size, unknown) = Self.split(sizes.artifacts[artifact.name])
            return ArtifactLine(
                name: artifact.name, version: artifact.version, size: size, sizeUnknown: unknown,
                license: artifact.license, source: try artifactLocation(artifact),
                hasPublishedChecksum: artifact.checksumPath != nil)
        }
        images = plan.images.map { image in
            let (size, unknown) = Self.split(sizes.images[image.reference])
            // The operator's own: nobody knows its licence.
            let own =
                plan.extraImages.contains(image.reference)
                ? "--image" : mentions.first { $0.reference == image.reference }?.namedBy
            let addOn = ((plan.network.map { [$0] } ?? []) + plan.addOns).first {
                ($0.images + $0.expectedImages).contains(image.reference)
            }
            return ImageLine(
                reference: image.reference.description, size: size, sizeUnknown: unknown,
                license: own == nil ? addOn?.license ?? plan.imageLicense : nil, roles: image.roles,
                layers: plan.originalLayers.contains(image.reference) ? .original : .unpacked,
                listedBy: own ?? addOn?.name ?? "matrix", source: imageLocation(image.reference, plan.architecture))
        }
        addOns = Self.addOns(plan)
        packages = plan.osReleases.flatMap { release in
            ((OSRelease.find(release)?.hostPackages ?? []) + furtherPackages).map {
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

    private static func addOns(_ plan: BuildPlan) -> [AddOnLine] {
        let licenses = Dictionary(plan.addOns.map { ($0.name, $0.license) }, uniquingKeysWith: { first, _ in first })
        let network = plan.network.map {
            AddOnLine(
                name: $0.name, version: $0.version, license: $0.license, manifests: plan.release.cni.manifests)
        }
        let others = (plan.release.addOns ?? []).map {
            AddOnLine(
                name: $0.name, version: $0.version,
                license: $0.version == AddOn.localVersion ? nil : licenses[$0.name], manifests: $0.manifests)
        }
        return (network.map { [$0] } ?? []) + others
    }

    private static func split(_ size: PlannedSize?) -> (UInt64?, String?) {
        switch size {
        case .known(let bytes): (bytes, nil)
        case .unknown(let reason): (nil, reason)
        case nil: (nil, "nobody was asked")
        }
    }
}

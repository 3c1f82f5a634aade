public import BundleModel

/// The sizes of a plan's artifacts and images, asked of their sources. Nothing is fetched.
public struct PlanSizes: Hashable, Sendable {
    /// By the artifact's name.
    public private(set) var artifacts: [String: PlannedSize] = [:]
    public private(set) var images: [ImageReference: PlannedSize] = [:]

    /// Asks nobody.
    ///
    /// - Parameter reason: why.
    public init(unknownFor plan: BuildPlan, reason: String) {
        for artifact in plan.artifacts { artifacts[artifact.name] = .unknown(reason: reason) }
        for image in plan.images { images[image.reference] = .unknown(reason: reason) }
    }

    /// Asks for everything at once, so that an upstream that does not answer costs its time limit only once.
    ///
    /// - Throws: `CancellationError` only.
    public init(
        of plan: BuildPlan, artifacts provider: any ArtifactProvider, images imageProvider: any ImageProvider
    ) async throws {
        let files = try await BoundedTasks.map(plan.artifacts, limit: Self.questions) { artifact in
            try await PlannedSize.asking { try await provider.size(of: artifact) }
        }
        for (artifact, size) in zip(plan.artifacts, files) { artifacts[artifact.name] = size }
        let manifests = try await BoundedTasks.map(plan.images, limit: Self.questions) { image in
            try await PlannedSize.asking {
                try await imageProvider.size(of: image.reference, architecture: plan.architecture)
            }
        }
        for (image, size) in zip(plan.images, manifests) { images[image.reference] = size }
    }

    /// Four at a time: more invites 429.
    private static let questions = 4
}

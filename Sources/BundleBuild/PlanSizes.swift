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
        artifacts = try await Self.answers(plan.artifacts) { artifact in
            (artifact.name, try await PlannedSize.asking { try await provider.size(of: artifact) })
        }
        images = try await Self.answers(plan.images) { image in
            let size = try await PlannedSize.asking {
                try await imageProvider.size(of: image.reference, architecture: plan.architecture)
            }
            return (image.reference, size)
        }
    }

    private static func answers<Item: Sendable, Key: Hashable & Sendable>(
        _ items: [Item], _ ask: @escaping @Sendable (Item) async throws -> (Key, PlannedSize)
    ) async throws -> [Key: PlannedSize] {
        try await withThrowingTaskGroup(of: (Key, PlannedSize).self) { group in
            var answers: [Key: PlannedSize] = [:]
            for (number, item) in items.enumerated() {
                // Four at a time, as for fetching: more invites 429.
                if number >= 4, let (key, size) = try await group.next() { answers[key] = size }
                group.addTask { try await ask(item) }
            }
            return try await group.reduce(into: answers) { $0[$1.0] = $1.1 }
        }
    }
}

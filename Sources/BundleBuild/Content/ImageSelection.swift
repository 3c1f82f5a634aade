import BundleModel

/// Which images a bundle has and which nodes load them: those of its plan, with what was really found in the place of
/// what was expected. Pure.
struct ImageSelection {
    private var roles: [ImageReference: Set<NodeRole>] = [:]

    /// - Parameter expected: guesses, which go: what really is there comes with `add`.
    init(_ planned: [PlannedImage], without expected: Set<ImageReference> = []) {
        add(planned.filter { !expected.contains($0.reference) })
    }

    /// An image that is there already is then loaded by both kinds of nodes that somebody says.
    mutating func add(_ images: [PlannedImage]) {
        for image in images { roles[image.reference, default: []].formUnion(image.roles) }
    }

    /// For all nodes.
    mutating func add(_ mentions: [ImageMention]) {
        add(mentions.map { PlannedImage(reference: $0.reference, roles: NodeRole.allCases) })
    }

    /// Sorted by reference.
    var images: [PlannedImage] {
        roles.map { reference, roles in
            PlannedImage(reference: reference, roles: NodeRole.allCases.filter(roles.contains))
        }.sorted { $0.reference.description < $1.reference.description }
    }
}

import BundleModel
import FoundationEssentials
import TestSupport
import Testing

/// Where an installation or a reset may be killed, as `node-install steps` lists it.
struct Boundaries {
    private let reset: [String]
    private let install: [NodeRole: [String]]

    init(_ node: TestNode) async throws {
        struct Listing: Decodable {
            struct Step: Decodable {
                let roles: [NodeRole]
                let boundaries: [String]
            }
            let steps: [Step]
            let resetBoundaries: [String]
        }
        let text = try await node.require(TestNode.bundlePath, "steps", "--format", "json")
        let listing = try CanonicalJSON.decode(Listing.self, from: Data(text.utf8))
        reset = listing.resetBoundaries
        install = Dictionary(
            uniqueKeysWithValues: [NodeRole.master, .worker].map { role in
                (role, listing.steps.filter { $0.roles.contains(role) }.flatMap(\.boundaries))
            })
    }

    /// All boundaries of a role's installation in `make test-long`; else a seeded sample that has the worst ones.
    func sample(_ role: NodeRole) throws -> [String] {
        let all = try #require(install[role])
        try #require(all.count > 20)
        guard !RunSettings.isLong else { return all }
        var random = SeededGenerator(seed: RunSettings.seed)
        let (worst, others) =
            role == .master ? (["images:mid", "kubeadm-init:mid"], 6) : (["kubeadm-join:mid"], 2)
        let sample = Set(all.shuffled(using: &random).prefix(others) + worst)
        return all.filter { sample.contains($0) }
    }

    /// All of a reset's boundaries in `make test-long`; else one for each role, by the seed.
    func resetSample(_ role: NodeRole) throws -> [String] {
        try #require(reset.count > 10)
        guard !RunSettings.isLong else { return reset }
        var random = SeededGenerator(seed: RunSettings.seed &+ (role == .master ? 1 : 2))
        return reset.shuffled(using: &random).prefix(1).map(\.self)
    }
}

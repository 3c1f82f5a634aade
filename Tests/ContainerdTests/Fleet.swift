import ContainerdTestSupport
import Host
import SystemPackage
import Testing

/// The containerds of a suite's run: each is started when the first test asks for it, and all end with the suite.
actor Fleet {
    @TaskLocal static var current = Fleet()

    private var versions: [ContainerdVersion]?
    private var instances: [String: ContainerdInstance] = [:]
    private var images: [String: BuiltImage] = [:]
    private var references: [String: Reference] = [:]
    private var folder: FilePath?

    /// The containerd of a Debian suite, without any image.
    func instance(_ suite: String) async throws -> ContainerdInstance {
        if let running = instances[suite] {
            let left = try await running.clear()
            try #require(left.isEmpty, "an earlier test left on \(running.version): \(left)")
            return running
        }
        if let obstacle = InstancePlace.obstacle { throw Obstacle(description: obstacle) }
        let known: [ContainerdVersion]
        if let versions { known = versions } else { known = try await ContainerdVersion.all() }
        versions = known
        guard let version = known.first(where: { $0.suite == suite }) else {
            try #require(suite != ContainerdVersion.suites.first, "the test bed has no containerd of \(suite)")
            let message = "NOT TESTED: this machine's archive has no containerd of Debian \(suite)"
            print("!!! \(message) !!!")
            try Test.cancel("\(message)")
        }
        let started = try await ContainerdInstance.start(version)
        instances[suite] = started
        return started
    }

    /// An image, built once for all versions.
    func image(_ plan: ImagePlan) async throws -> BuiltImage {
        try await image(named: plan.name) { try await $0.build(plan) }
    }

    /// As above, made in another way.
    func image(named name: String, _ make: (ImageBuilder) async throws -> BuiltImage) async throws -> BuiltImage {
        if let built = images[name] { return built }
        let place = try folder ?? InstancePlace.make()
        folder = place
        let built = try await make(ImageBuilder(folder: place))
        images[name] = built
        return built
    }

    /// - Returns: what an earlier version made of the same image.
    func remember(_ reference: Reference, of plan: ImagePlan) -> Reference? {
        if let earlier = references[plan.name] { return earlier }
        references[plan.name] = reference
        return nil
    }

    private struct Obstacle: Error, CustomStringConvertible {
        let description: String
    }

    func stop() async throws {
        for instance in instances.values { try await instance.stop() }
        if let folder { try await SystemProcessRunner().require(Command("rm", ["-rf", folder.string])) }
        (instances, images, folder) = ([:], [:], nil)
    }
}

import ContainerdTestSupport
import Host
import SystemPackage
import Testing

extension Exactness {
    /// What the test bed's registry holds: Kubernetes, etcd and their like, as they are published.
    struct PublishedImageTests {
        private static let folder = ContainerdPlace.testbed.appending("upstream/registry")
        private static let storage = RegistryStorage(folder: folder)

        @Test(
            .enabled(
                if: FileSystem.exists(folder), "needs the test bed's registry: Tests/Testbed/testbed upstream build"),
            arguments: ContainerdVersion.suites)
        func everyImageOfTheRegistryIsLoaded(_ suite: String) async throws {
            let tags = try Self.storage.tags()
            #expect(tags.contains { $0.repository == "kube-apiserver" } && tags.count >= 7)
            for tag in tags {
                let instance = try await Fleet.current.instance(suite)
                let name = tag.repository.split(separator: "/").last.map(String.init) ?? tag.repository
                let plan = ImagePlan("published-\(name)", layers: []) { check in
                    check.expect(check.listing.members.values.contains { $0.kind == .file }, "\(tag) holds no file")
                }
                let image = try await Fleet.current.image(named: plan.name) {
                    try await $0.adopt(tag, from: Self.storage, as: plan)
                }
                #expect(!image.layers.isEmpty)
                let reference = try await instance.reference(of: image)
                expectOutcome(reference, image, instance.version)
                if let earlier = await Fleet.current.remember(reference, of: plan) {
                    #expect(earlier.differences(to: reference) == [], "\(instance.version), \(plan)")
                }
            }
        }
    }
}

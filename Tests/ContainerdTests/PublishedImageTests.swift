import ContainerdTestSupport
import Host
import SystemPackage
import Testing

extension Exactness {
    /// What the test bed's registry holds: Kubernetes, etcd and their like, as they are published.
    struct PublishedImageTests {
        private static let folder = InstancePlace.testbed.appending("upstream/registry")
        private static let storage = RegistryStorage(folder: folder)

        @Test func everyImageOfTheRegistryIsLoaded() async throws {
            try #require(FileSystem.exists(Self.folder), "run: Tests/Testbed/testbed upstream build")
            let tags = try Self.storage.tags()
            #expect(tags.contains { $0.repository == "kube-apiserver" } && tags.count >= 7)
            for (number, tag) in tags.enumerated() {
                let image = try await Self.image(tag)
                #expect(!image.layers.isEmpty)
                for suite in Sample.suites(number) {
                    let instance = try await Fleet.current.instance(suite)
                    let reference = try await instance.reference(of: image)
                    expectOutcome(reference, image, instance.version)
                    if let earlier = await Fleet.current.remember(reference, of: image.plan) {
                        #expect(earlier.differences(to: reference) == [], "\(instance.version), \(image.plan)")
                    }
                    let isBoth = Sample.isChosen(number, oneOf: tags.count)
                    try await expectSame(reference, image, instance, isBoth ? LoadingWay.allCases : [.direct])
                }
            }
        }

        /// Its program runs after all that may have taken files or records away.
        @Test(arguments: Sample.suites(0))
        func anImageRunsAfterARestartAndACollection(_ suite: String) async throws {
            let tag = try #require(try Self.storage.tags().first { $0.repository.hasSuffix("busybox") })
            let image = try await Self.image(tag)
            let instance = try await Fleet.current.instance(suite)
            try await instance.load([image])
            for kill in [true, false] {
                try await instance.restart(kill: kill)
                try await instance.collectGarbage()
                let top = "\(try #require(image.chainIDs.last))"
                let result = try await instance.run("/bin/sh", "-c", "echo runs as $(id -u)", inImageOf: top)
                #expect(result.standardOutput == "runs as 0\n", "\(result.ending)")
            }
        }

        private static func image(_ tag: RegistryStorage.Tag) async throws -> BuiltImage {
            let name = tag.repository.split(separator: "/").last.map(String.init) ?? tag.repository
            let plan = ImagePlan("published-\(name)", layers: []) { check in
                check.expect(check.listing.members.values.contains { $0.kind == .file }, "\(tag) holds no file")
            }
            return try await Fleet.current.image(named: plan.name) {
                try await $0.adopt(tag, from: storage, as: plan)
            }
        }
    }
}

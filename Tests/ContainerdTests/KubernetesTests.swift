import Containerd
import ContainerdTestSupport
import Testing

extension Exactness {
    /// What kubelet is told of images, by the CRI of a real containerd.
    struct KubernetesTests {
        @Test(arguments: ContainerdVersion.present)
        func whatWasLoadedIsFoundUnderAllItsNames(_ suite: String) async throws {
            let instance = try await Fleet.current.instance(suite)
            let images = try await Shared.images()
            try await instance.load(images)
            try await instance.awaitKubernetes(images)
            try await instance.restart()
            try await instance.awaitKubernetes(images)
        }

        @Test(arguments: ContainerdVersion.present)
        func anotherImageUnderTheNameIsNotIt(_ suite: String) async throws {
            let instance = try await Fleet.current.instance(suite)
            let images = try await Shared.images()
            try await instance.load(images)
            try await instance.awaitKubernetes(images)
            try await instance.require(
                "images", "tag", "--force", images[1].references[0], images[0].references[0])
            let error = await #expect(throws: ContainerdError.self) {
                try await instance.awaitKubernetes([images[0]], limit: .seconds(1))
            }
            #expect(
                error
                    == .unseen([
                        "\(images[0].references[0]) is \(images[1].config.digest), expected \(images[0].config.digest)"
                    ]))
        }
    }
}

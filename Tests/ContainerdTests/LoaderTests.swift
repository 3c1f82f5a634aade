import BundleModel
import Containerd
import ContainerdTestSupport
import SystemPackage
import Testing

extension Exactness {
    /// Our loader makes of every image what containerd's own import makes of it, and refuses what that refuses.
    struct LoaderTests {
        @Test(arguments: ContainerdVersion.suites, NastyImages.all)
        func theLoaderDoesAsContainerdDoes(_ suite: String, _ plan: ImagePlan) async throws {
            let instance = try await Fleet.current.instance(suite)
            let image = try await Fleet.current.image(plan)
            let reference = try await instance.reference(of: image)
            try await instance.clear()
            let ours = try await load(image, into: instance)
            #expect(reference.differences(to: ours) == [], "\(instance.version), \(plan)")
        }
    }
}

/// What our loader makes of an image on a containerd that has none.
func load(_ image: BuiltImage, into instance: ContainerdInstance) async throws -> Reference {
    let wanted = ImageToLoad(
        reference: try ImageReference(image.tagged), digest: image.target.digest, manifest: image.manifest.digest,
        mediaType: image.target.mediaType, keepsBlobs: false)
    do {
        _ = try await ContainerdClient.connected(to: instance.socket.string) { client in
            try await ImageLoader(client).load([wanted], from: [BuiltPack(image)])
        }
    } catch let error as any Diagnostic {
        return try await instance.observe(refusal: error.message)
    }
    return try await instance.observe(image)
}

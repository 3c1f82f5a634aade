import ContainerdTestSupport
import TestSupport
import Testing

extension Exactness {
    /// Our loader makes of every image what containerd's own import makes of it, and refuses what that refuses.
    struct NastyImageTests {
        @Test(arguments: Sample.cases(NastyImages.all))
        func theLoaderDoesAsContainerdDoes(_ one: ExactnessCase) async throws {
            let instance = try await Fleet.current.instance(one.suite)
            let image = try await Fleet.current.image(one.plan)
            let reference = try await instance.reference(of: image)
            expectOutcome(reference, image, instance.version)
            // Where versions agree, one reference is as good as the other.
            if let earlier = await Fleet.current.remember(reference, of: one.plan) {
                #expect(earlier.differences(to: reference.cleared) == [], "\(instance.version), \(one.plan)")
            }
            try await expectSame(reference, image, instance, one.comparesBothWays ? LoadingWay.allCases : [.direct])
        }

        @Test(arguments: Sample.cases(Sample.random))
        func aRandomImageIsLoadedAsByContainerdOrRefused(_ one: ExactnessCase) async throws {
            let instance = try await Fleet.current.instance(one.suite)
            let image = try await Fleet.current.image(one.plan)
            let reference = try await instance.reference(of: image)
            try await expectSame(reference, image, instance, [.direct])
        }

        @Test(arguments: ContainerdVersion.suites)
        func everyContainerdIsThere(_ suite: String) async throws {
            #expect(try await Fleet.current.instance(suite).state().isEmpty)
        }
    }
}

/// Loads an image with our loader, each way on an instance without images, and compares what is there then.
func expectSame(
    _ reference: Reference, _ image: BuiltImage, _ instance: ContainerdInstance, keepsBlobs: Bool = false,
    _ ways: [LoadingWay]
) async throws {
    for way in ways {
        try await instance.clear()
        let ours = try await instance.loaded(image, keepsBlobs: keepsBlobs, way)
        #expect(
            reference.differences(to: ours) == [],
            "\(instance.version), \(image.plan), \(way), KUBEFERRY_SEED=\(RunSettings.seed)")
    }
}

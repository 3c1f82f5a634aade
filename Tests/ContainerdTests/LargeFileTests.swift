import ContainerdTestSupport
import TestSupport
import Testing

extension Exactness {
    struct LargeFileTests {
        @Test(
            .enabled(if: RunSettings.isLong, "part of `make test-long`"), arguments: ContainerdVersion.present)
        func aFileOfFiveGibibytesIsLoaded(_ suite: String) async throws {
            let instance = try await Fleet.current.instance(suite)
            let image = try await Fleet.current.image(named: "large-file") {
                try await $0.build(try NastyImages.large(in: $0.folder))
            }
            let reference = try await instance.reference(of: image)
            expectOutcome(reference, image, instance.version)
            try await expectSame(reference, image, instance, LoadingWay.allCases)
        }
    }
}

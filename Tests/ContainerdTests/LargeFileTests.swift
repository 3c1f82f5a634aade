import ContainerdTestSupport
import FoundationEssentials
import Testing

extension Exactness {
    struct LargeFileTests {
        @Test(
            .enabled(if: ProcessInfo.processInfo.environment["KUBEFERRY_LONG"] != nil, "part of `make test-long`"),
            arguments: ContainerdVersion.suites)
        func aFileOfFiveGibibytesIsLoaded(_ suite: String) async throws {
            let instance = try await Fleet.current.instance(suite)
            let image = try await Fleet.current.image(named: "large-file") {
                try await $0.build(try NastyImages.large(in: $0.folder))
            }
            expectOutcome(try await instance.reference(of: image), image, instance.version)
        }
    }
}

import BundleBuild
import BundleModel
import Host
import Testing

struct SourceDateTests {
    let clock = FixedWallClock(secondsSince1970: 1_700_000_000)

    @Test func environmentDecidesBeforeTheClock() throws {
        #expect(try SourceDate.seconds(environment: [:], clock: clock) == 1_700_000_000)
        #expect(try SourceDate.seconds(environment: ["SOURCE_DATE_EPOCH": "0"], clock: clock) == 0)
    }

    @Test(arguments: ["-1", "now", "1.5", "999999999999"])
    func nonsenseIsRefused(text: String) {
        #expect(throws: BundleBuildError.self) {
            try SourceDate.seconds(environment: ["SOURCE_DATE_EPOCH": text], clock: clock)
        }
    }

    @Test func textAndSecondsAreInverse() throws {
        #expect(SourceDate.text(1_700_000_000) == "2023-11-14T22:13:20Z")
        #expect(try SourceDate.parse("2023-11-14T22:13:20Z") == 1_700_000_000)
        #expect(throws: BundleBuildError.self) { try SourceDate.parse("yesterday") }
    }
}

import CLISupport
import Testing

struct ByteCountTests {
    @Test(
        arguments: [
            (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1049, "1.0 kB"), (1050, "1.1 kB"), (999_949, "999.9 kB"),
            (999_950, "1.0 MB"), (163_500_000, "163.5 MB"), (4_294_967_295, "4.3 GB"),
            (UInt64.max, "18446744.1 TB"),
        ] as [(UInt64, String)])
    func sizesAreInPowersOfTen(bytes: UInt64, text: String) {
        #expect(ByteCount.text(bytes) == text)
    }

    @Test(arguments: [
        (-1, "0 s"), (0, "0 s"), (0.4, "0 s"), (7.2, "7 s"), (59.6, "1 min 00 s"), (200, "3 min 20 s"),
        (3599.6, "1 h 00 min"), (3720, "1 h 02 min"), (90_000, "25 h 00 min"),
    ])
    func durationsHaveTwoUnitsAtMost(seconds: Double, text: String) {
        #expect(ByteCount.duration(seconds) == text)
    }

    @Test func timesWithoutEndAreNoCrash() {
        #expect(ByteCount.duration(.infinity) == "unknown")
        #expect(ByteCount.duration(.nan) == "unknown")
    }
}

import ArgumentParser
import CLISupport
import Logging
import Testing

struct LoggingOptionsTests {
    @Test func theDefaultIsNotice() throws {
        let options = try LoggingOptions.parse([])
        #expect(options.makeLogger(label: "t").logLevel == .notice)
    }

    @Test func aLevelIsTaken() throws {
        let options = try LoggingOptions.parse(["--log-level", "debug"])
        #expect(options.makeLogger(label: "t").logLevel == .debug)
    }

    @Test func anUnknownLevelIsRefused() {
        #expect(throws: (any Error).self) { try LoggingOptions.parse(["--log-level", "loud"]) }
    }
}

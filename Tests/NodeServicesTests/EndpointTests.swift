import NodeServices
import Testing

struct EndpointTests {
    @Test(arguments: ["10.0.0.1:6443", "[fd00::1]:7444", "255.255.255.255:65535"])
    func canonicalTextReadsBack(text: String) throws {
        #expect(try Endpoint(text).description == text)
    }

    @Test(arguments: [
        "master0:6443", "10.0.0.1", "10.0.0.1:0", "10.0.0.1:65536", "fd00::1:6443", "[10.0.0.1]:6443", ":6443", "",
        "10.0.0:6443", "010.0.0.1:6443",
    ])
    func anythingElseIsRefusedWithTheRawText(text: String) {
        #expect(throws: NodeServicesError.badAddress(text)) { try Endpoint(text) }
    }

    @Test func longFormsBecomeCanonical() throws {
        #expect(try Endpoint("[FD00:0:0:0:0:0:0:1]:1").description == "[fd00::1]:1")
    }
}

import BundleModel
import Testing

struct DigestTests {
    private static let hex = "00ff" + String(repeating: "a1", count: 30)

    @Test func textAndBytesRoundTrip() throws {
        let digest = try SHA256Digest("sha256:\(Self.hex)")
        #expect(digest.hex == Self.hex)
        #expect(digest.bytes.prefix(3) == [0x00, 0xFF, 0xA1])
        #expect(digest.description == "sha256:\(Self.hex)")
        #expect(SHA256Digest(bytes: digest.bytes) == digest)
    }

    @Test func upperCaseIsReadAndWrittenLower() throws {
        #expect(try SHA256Digest(hex: Self.hex.uppercased()).hex == Self.hex)
    }

    @Test(arguments: ["", "sha256:", "sha256:00", "sha512:\(hex)", hex, "sha256:\(hex)0", "sha256:\(hex)00"])
    func otherTextIsRefused(text: String) {
        #expect(throws: DigestError.malformed(text)) { try SHA256Digest(text) }
    }

    @Test func anotherNumberOfBytesIsNoDigest() {
        #expect(SHA256Digest(bytes: [UInt8](repeating: 0, count: 31)) == nil)
        #expect(SHA256Digest(bytes: [UInt8](repeating: 0, count: 33)) == nil)
    }

    @Test func orderIsThatOfTheHexText() throws {
        let low = try SHA256Digest(hex: String(repeating: "0", count: 63) + "f")
        let high = try SHA256Digest(hex: "f" + String(repeating: "0", count: 63))
        #expect(low < high)
        #expect(!(high < low))
    }

    @Test(arguments: ["0", "0g", "zz", "0x", "é"])
    func hexRefusesOddLengthsAndOtherCharacters(text: String) {
        #expect(Hex.decode(text) == nil)
    }

    @Test func hexRoundTrips() {
        let bytes = [UInt8](0...255)
        #expect(Hex.decode(Hex.encode(bytes)) == bytes)
        #expect(Hex.encode([0, 15, 16, 255]) == "000f10ff")
    }
}

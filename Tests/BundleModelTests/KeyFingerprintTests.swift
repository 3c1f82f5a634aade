import BundleModel
import FoundationEssentials
import Testing

struct KeyFingerprintTests {
    private let hex = String(repeating: "0a", count: 32)

    @Test(arguments: ["SHA256:", "sha256:", "Sha256:"])
    func thePrefixIsReadInAnyCase(_ prefix: String) throws {
        let digest = try SHA256Digest(hex: hex)
        #expect(try KeyFingerprint.parse(prefix + hex.uppercased()) == digest)
        #expect(KeyFingerprint.text(digest) == "SHA256:\(hex)")
    }

    @Test(arguments: ["SHA256:zz", "sha256:", "SHA256:0a0a"])
    func aBadFingerprintIsNotTakenForAFile(_ text: String) {
        #expect(throws: DigestError.badFingerprint(text)) { try KeyFingerprint.parse(text) }
    }

    @Test(arguments: ["release.pub", "/tmp/SHA256:zz", ""])
    func anythingElseIsAFile(_ text: String) throws {
        #expect(try KeyFingerprint.parse(text) == nil)
    }
}

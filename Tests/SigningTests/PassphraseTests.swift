import BundleModel
import FoundationEssentials
import Signing
import Testing

struct PassphraseTests {
    @Test(arguments: ["", "1234567"])
    func aWeakPassphraseNeverWritesAKey(_ passphrase: String) throws {
        let error = SigningError.weakPassphrase(characters: passphrase.count)
        #expect(throws: error) { try SigningKey.generate().pem(passphrase: passphrase) }
        #expect(error.category == .invalidInput)
        #expect(error.message.contains("at least 8"))
        #expect(error.hint.contains("KUBEFERRY_PASSPHRASE"))
    }

    @Test func onlyNoPassphraseLeavesAKeyPlain() throws {
        let key = try SigningKey.generate()
        #expect(String(decoding: try key.pem(passphrase: nil), as: UTF8.self).contains("BEGIN PRIVATE KEY"))
        let sealed = try key.pem(passphrase: "12345678")
        #expect(String(decoding: sealed, as: UTF8.self).contains("BEGIN ENCRYPTED PRIVATE KEY"))
    }

    @Test func anErrorAboutAFileNamesIt() {
        let expected = SigningError.inFile("release.key", .wrongPassphrase)
        #expect(throws: expected) { try SigningError.naming("release.key") { throw SigningError.wrongPassphrase } }
        #expect(expected.message == "release.key: the passphrase does not open the key")
        #expect(expected.category == .invalidInput)
        #expect(!expected.hint.isEmpty)
    }
}

import BundleModel
import Signing
import Testing

/// `--trusted-key` and `--revoked-key`.
struct KeyArgumentTests {
    @Test func aFilesKeyAndAFingerprintNameTheSame() throws {
        let key = try SigningKey.generate().verifyingKey
        let file = try KeyArgument("release.pub") { name in
            #expect(name == "release.pub")
            return key.pem
        }
        #expect(file == .key(key))
        let named = try KeyArgument(KeyFingerprint.text(key.fingerprint)) { _ in [] }
        #expect(named == .fingerprint(key.fingerprint))
        #expect(file.fingerprint == named.fingerprint)

        for argument in [file, named] {
            var policy = TrustPolicy()
            policy.trust(argument)
            #expect(policy.trusts(key))
            policy.revoke(argument)
            #expect(!policy.trusts(key))
        }
    }

    @Test func aMistypedFingerprintIsNotAFilesName() {
        #expect(throws: DigestError.badFingerprint("SHA256:zz")) {
            try KeyArgument("SHA256:zz") { _ in
                Issue.record("no file is read")
                return []
            }
        }
    }

    @Test(arguments: [
        SigningError.unsigned, .untrusted(offered: []), .invalid(keyID: "k"), .badKey(expected: "a", found: "b"),
        .passphraseNeeded, .wrongPassphrase, .weakPassphrase(characters: 0), .inFile("/x", .wrongPassphrase),
        .badStatement("r"), .badSigner(command: "c", reason: "r"), .signedAlready(keyID: "k"),
        .system("read", path: "/x", errno: 2), .library(call: "c", reason: "r"),
    ])
    func everyErrorSaysWhatToDo(_ error: SigningError) {
        #expect(!error.hint.isEmpty)
    }
}

import BundleModel
import FoundationEssentials
import Host
import Signing
import SystemPackage
import Testing

/// Keys, signatures and the decision whom to trust.
struct SigningTests {
    private let message = Array("bundle.json".utf8)

    @Test func aSignatureIsValidForItsBytesAlone() throws {
        let key = try SigningKey.generate()
        let signature = try key.sign(message)
        #expect(signature.count == 64)
        #expect(key.verifyingKey.isValid(signature: signature, over: message))
        #expect(!key.verifyingKey.isValid(signature: signature, over: message + [0]))
        #expect(!(try SigningKey.generate().verifyingKey.isValid(signature: signature, over: message)))
    }

    @Test func anEncryptedKeyOpensWithItsPassphraseAlone() throws {
        let key = try SigningKey.generate()
        let pem = try key.pem(passphrase: "correct horse")
        #expect(try SigningKey(pem: pem, passphrase: "correct horse").verifyingKey == key.verifyingKey)
        #expect(throws: SigningError.wrongPassphrase) { try SigningKey(pem: pem, passphrase: "wrong") }
        #expect(throws: SigningError.passphraseNeeded) { try SigningKey(pem: pem, passphrase: nil) }
    }

    @Test func opensslReadsAnEncryptedKey() async throws {
        let key = try SigningKey.generate()
        let path = FilePath("/tmp/kubeferry-key-\(UUID().uuidString)")
        defer { try? FileSystem.remove(path) }
        try AtomicFile.write(try key.pem(passphrase: "passphrase"), to: path, mode: 0o600)
        let printed = try await SystemProcessRunner().require(
            Command("openssl", ["pkey", "-in", path.string, "-passin", "pass:passphrase", "-pubout"]))
        #expect(Array(printed.standardOutput.utf8) == key.verifyingKey.pem)
    }

    @Test func trustNeedsAKeyThatTheOperatorNamed() throws {
        let mine = try SigningKey.generate()
        let stranger = try SigningKey.generate()
        let byStranger = [try signature(stranger)]
        let trusted = TrustPolicy(keys: [mine.verifyingKey])
        #expect(throws: SigningError.untrusted(offered: [stranger.verifyingKey.fingerprint])) {
            try trusted.evaluate(signatures: byStranger, over: message)
        }
        #expect(throws: SigningError.unsigned) { try trusted.evaluate(signatures: [], over: message) }
        let both = byStranger + [try signature(mine)]
        #expect(try trusted.evaluate(signatures: both, over: message).key == mine.verifyingKey)
        #expect(throws: SigningError.invalid(keyID: mine.verifyingKey.keyID)) {
            try trusted.evaluate(signatures: [try signature(mine)], over: message + [1])
        }
    }

    @Test func aRevokedKeyNeverCounts() throws {
        let key = try SigningKey.generate()
        let fingerprint = key.verifyingKey.fingerprint
        let policy = TrustPolicy(keys: [key.verifyingKey], fingerprints: [fingerprint], revoked: [fingerprint])
        #expect(throws: SigningError.revoked(fingerprint)) {
            try policy.evaluate(signatures: [try signature(key)], over: message)
        }
    }

    @Test func theDigestIsSHA256() throws {
        // FIPS 180-2, appendix B.1.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(SHA256Hasher.hash(Array("abc".utf8)).hex == expected)
    }

    private func signature(_ key: SigningKey) throws -> BundleSignature {
        BundleSignature(
            keyID: key.verifyingKey.keyID, signature: try key.sign(message), publicKey: key.verifyingKey)
    }
}

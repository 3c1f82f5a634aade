import BundleModel
import FoundationEssentials
import Host
import Signing
import SystemPackage
import Testing

@testable import InstallCore

struct KeyArgumentTests {
    private let store = TrustStore(root: HostRoot("/tmp/kubeferry-no-such-root"))

    @Test func theFingerprintsPrefixIsReadInAnyCase() throws {
        let digest = try SigningKey.generate().verifyingKey.fingerprint
        let policy = try store.policy(
            arguments: ["sha256:\(digest.hex)"], revoked: ["Sha256:\(digest.hex.uppercased())"])
        #expect(policy.fingerprints == [digest])
        #expect(policy.revoked == [digest])
    }

    @Test func aBadFingerprintIsNotReadAsAFile() throws {
        for (trusted, revoked) in [(["SHA256:zz"], []), ([], ["sha256:zz"])] as [([String], [String])] {
            let error = try #require(throws: InstallError.self) {
                try store.policy(arguments: trusted, revoked: revoked)
            }
            #expect(error.category == .invalidInput)
            #expect(error.message.contains("not a key's fingerprint"))
            #expect(!error.message.contains("No such file"))
        }
    }
}

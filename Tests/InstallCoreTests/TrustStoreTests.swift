import BundleModel
import FoundationEssentials
import Host
import Signing
import SystemPackage
import Testing

@testable import InstallCore

/// Whom a node believes: by the command line and by /etc/node-install, never by the bundle.
struct TrustStoreTests {
    private let index = Array("bundle.json".utf8)

    @Test func keysComeFromArgumentsFilesAndTheFolder() throws {
        let scratch = try Scratch()
        let keys = try (0..<3).map { _ in try SigningKey.generate() }
        let file = scratch.path.appending("release.pub")
        try AtomicFile.write(keys[0].verifyingKey.pem, to: file)
        try write(keys[1], to: "/etc/node-install/trusted-keys.d/b.pub", scratch)
        // An editor's or a package's left-over.
        try scratch.write("not a key", to: "/etc/node-install/trusted-keys.d/.b.pub.swp")
        let named = "SHA256:\(keys[2].verifyingKey.fingerprint.hex)"
        let policy = try TrustStore(root: scratch.root).policy(arguments: [file.string, named])
        #expect(policy.keys == [keys[0].verifyingKey, keys[1].verifyingKey])
        #expect(policy.fingerprints == [keys[2].verifyingKey.fingerprint])
        for key in keys {
            let decision = try TrustStore(root: scratch.root).decide(
                policy, signatures: [key.signature(over: index)], index: index)
            #expect(decision.signers == [key.verifyingKey.fingerprint])
        }
    }

    @Test func aRevokedKeyIsRefusedHoweverItWasNamed() throws {
        let key = try SigningKey.generate()
        let fingerprint = key.verifyingKey.fingerprint
        let pem = String(decoding: key.verifyingKey.pem, as: UTF8.self)
        for content in [pem, "SHA256:\(fingerprint.hex)\n", "# gone\nSHA256:\(fingerprint.hex)\n"] {
            let scratch = try Scratch()
            try write(key, to: "/etc/node-install/trusted-keys.d/a.pub", scratch)
            try scratch.write(content, to: "/etc/node-install/revoked-keys.d/a")
            try expectRevoked(key, TrustStore(root: scratch.root).policy(arguments: ["SHA256:\(fingerprint.hex)"]))
        }
        let scratch = try Scratch()
        let file = scratch.path.appending("old.pub")
        try AtomicFile.write(key.verifyingKey.pem, to: file)
        for revoked in [file.string, "SHA256:\(fingerprint.hex)"] {
            try expectRevoked(
                key, TrustStore(root: scratch.root).policy(arguments: [file.string], revoked: [revoked]))
        }
    }

    @Test func aFolderOfManyRevokedFingerprintsRevokesEach() throws {
        let scratch = try Scratch()
        let keys = try (0..<3).map { _ in try SigningKey.generate().verifyingKey.fingerprint }
        try scratch.write(
            keys.map { "SHA256:\($0.hex)" }.joined(separator: "\n"), to: "/etc/node-install/revoked-keys.d/list")
        #expect(try TrustStore(root: scratch.root).policy(arguments: []).revoked == Set(keys))
    }

    @Test func whatIsNoKeyStopsTheInstallation() throws {
        let scratch = try Scratch()
        let store = TrustStore(root: scratch.root)
        let file = scratch.path.appending("no.pub")
        try AtomicFile.write(Array("no key".utf8), to: file)
        for argument in [file.string, "\(file)-missing", "SHA256:12", "sha256:\(String(repeating: "z", count: 64))"] {
            expectBadKey { try store.policy(arguments: [argument]) }
            expectBadKey { try store.policy(arguments: [], revoked: [argument]) }
        }
        for folder in ["trusted-keys.d", "revoked-keys.d"] {
            let scratch = try Scratch()
            try scratch.write("no key", to: "/etc/node-install/\(folder)/a.pub")
            expectBadKey { try TrustStore(root: scratch.root).policy(arguments: []) }
        }
    }

    @Test func withoutAnyTrustedKeyTheBundlesClaimIsShownAsAClaim() throws {
        let scratch = try Scratch()
        let key = try SigningKey.generate()
        let name = "SHA256:\(key.verifyingKey.fingerprint.hex)"
        let store = TrustStore(root: scratch.root)
        let signatures = [try key.signature(over: index)]
        #expect {
            try store.decide(store.policy(arguments: []), signatures: signatures, index: index)
        } throws: {
            guard let error = $0 as? InstallError, case .untrusted(let reason, let command) = error else {
                return false
            }
            return error.category == .untrustedKey && reason.contains(name) && command.contains("--trusted-key \(name)")
        }
        // With another key trusted, it is the policy's own error.
        let other = try SigningKey.generate().verifyingKey.fingerprint
        #expect(throws: SigningError.untrusted(offered: [key.verifyingKey.fingerprint])) {
            try store.decide(TrustPolicy(fingerprints: [other]), signatures: signatures, index: index)
        }
    }

    @Test func aKeyInTheBundlesFolderIsBesideIt() throws {
        let scratch = try Scratch()
        let media = scratch.path.appending("media")
        try FileSystem.makeDirectories(media)
        for name in ["k8s.run", "release.pub"] { try AtomicFile.write([], to: media.appending(name)) }
        let elsewhere = scratch.path.appending("release.pub")
        try AtomicFile.write([], to: elsewhere)
        let bundle = media.appending("k8s.run")
        let link = scratch.path.appending("exe")
        try FileManager.default.createSymbolicLink(atPath: link.string, withDestinationPath: bundle.string)
        #expect(TrustStore.isBeside(key: media.appending("release.pub"), bundle: bundle))
        #expect(TrustStore.isBeside(key: media.appending("x/../release.pub"), bundle: bundle))
        #expect(TrustStore.isBeside(key: media.appending("release.pub"), bundle: link))
        #expect(TrustStore.isBeside(key: "release.pub", bundle: "k8s.run"))
        #expect(TrustStore.isBeside(key: "/proc/version", bundle: "/etc/hostname") == false)
    }

    private func write(_ key: SigningKey, to path: String, _ scratch: Scratch) throws {
        try scratch.write(String(decoding: key.verifyingKey.pem, as: UTF8.self), to: path)
    }

    private func expectRevoked(_ key: SigningKey, _ policy: TrustPolicy) throws {
        let signatures = [try key.signature(over: index)]
        #expect(throws: SigningError.revoked(key.verifyingKey.fingerprint)) {
            try policy.evaluate(signatures: signatures, over: index)
        }
    }

    private func expectBadKey(_ make: () throws -> TrustPolicy) {
        #expect {
            _ = try make()
        } throws: {
            guard let error = $0 as? InstallError, case .badKeyArgument = error else { return false }
            return error.category == .invalidInput
        }
    }
}

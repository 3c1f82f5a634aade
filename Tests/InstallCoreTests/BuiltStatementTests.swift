import BundleBuild
import BundleModel
import Host
import Signing
import SystemPackage
import Testing

@testable import InstallCore

/// What `bundler key-statement` writes, read by nodes.
struct BuiltStatementTests {
    private let scratch: Scratch
    private let signer: SigningKey
    private let successor: SigningKey

    init() throws {
        scratch = try Scratch()
        signer = try SigningKey.generate()
        successor = try SigningKey.generate()
        try scratch.write(
            String(decoding: signer.verifyingKey.pem, as: UTF8.self), to: "\(NodePaths.trustedKeys)/first.pub")
    }

    private var store: TrustStore { TrustStore(root: scratch.root) }

    @Test func nodesReadWhatWasMeant() throws {
        let stranger = SHA256Hasher.hash([1])
        let draft = try KeyStatementDraft(
            number: KeyStatementDraft.highestNumber, add: [successor.verifyingKey],
            revoke: [signer.verifyingKey.fingerprint, stranger])
        let read = try KeyStatement(json: draft.bytes())
        #expect(read.number == draft.number)
        #expect(read.add == draft.add)
        #expect(read.revoke == draft.revoke)
    }

    @Test func nodesObeyWhatASignerSigned() async throws {
        let draft = try KeyStatementDraft(
            number: 1_700_000_000, add: [successor.verifyingKey], revoke: [signer.verifyingKey.fingerprint])
        let file = scratch.path.appending("statement.json")
        try AtomicFile.write(try draft.bytes(), to: file)
        let signature = try await BundleSigner.key(signer).signature(of: file)
        let outcome = try await store.apply(
            statement: FileSystem.read(file), signature: signature.signature, arguments: [])
        #expect(outcome.number == 1_700_000_000)
        #expect(outcome.added == [successor.verifyingKey.fingerprint])
        #expect(outcome.revoked == [signer.verifyingKey.fingerprint])
        let policy = try store.policy(arguments: [])
        #expect(policy.trusts(successor.verifyingKey) && !policy.trusts(signer.verifyingKey))
    }
}

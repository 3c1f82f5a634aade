import BundleModel
import Host
import Signing
import SystemPackage
import Testing

@testable import InstallCore

/// Statements about keys, with real keys.
struct KeyStatementTests {
    private let scratch: Scratch
    private let signer: SigningKey
    private let successor: SigningKey

    init() throws {
        scratch = try Scratch()
        signer = try SigningKey.generate()
        successor = try SigningKey.generate()
        try trust(signer, as: "first")
    }

    private var store: TrustStore { TrustStore(root: scratch.root) }

    private func trust(_ key: SigningKey, as name: String) throws {
        try scratch.write(
            String(decoding: key.verifyingKey.pem, as: UTF8.self), to: "\(NodePaths.trustedKeys)/\(name).pub")
    }

    private func statement(
        _ number: Int, add: [SigningKey] = [], revoke: [SigningKey] = []
    ) throws -> [UInt8] {
        let value: JSONValue = [
            "schemaVersion": 1, "number": .integer(Int64(number)),
            "add": .array(add.map { .string(String(decoding: $0.verifyingKey.pem, as: UTF8.self)) }),
            "revoke": .array(revoke.map { .string("SHA256:\($0.verifyingKey.fingerprint.hex)") }),
        ]
        return Array(try CanonicalJSON.encode(value))
    }

    @discardableResult
    private func apply(_ bytes: [UInt8], by key: SigningKey) throws -> TrustStore.StatementOutcome {
        try store.apply(statement: bytes, signature: try key.sign(bytes), arguments: [])
    }

    private func category(_ body: () throws -> Void) -> DiagnosticCategory? {
        do {
            try body()
            return nil
        } catch {
            return (error as? any Diagnostic)?.category
        }
    }

    @Test func aSuccessorIsTrustedAndTheOldKeyIsNot() throws {
        let bytes = try statement(1, add: [successor], revoke: [signer])
        let outcome = try apply(bytes, by: signer)
        #expect(outcome.added == [successor.verifyingKey.fingerprint])
        #expect(outcome.revoked == [signer.verifyingKey.fingerprint])
        let policy = try store.policy(arguments: [])
        #expect(policy.trusts(successor.verifyingKey))
        #expect(!policy.trusts(signer.verifyingKey))
        let published = try store.published(productLine: "kubernetes")
        #expect(published.revokedKeys == [signer.verifyingKey.fingerprint])
    }

    @Test func theSameStatementAgainChangesNothing() throws {
        let bytes = try statement(1, add: [successor], revoke: [signer])
        try apply(bytes, by: signer)
        let before = try scratch.tree()
        let again = try apply(bytes, by: signer)
        #expect(again.added.isEmpty && again.revoked.isEmpty)
        #expect(try scratch.tree() == before)
    }

    @Test func whatAnInterruptionLeftOutIsDoneByTheNextRun() throws {
        let bytes = try statement(1, add: [successor], revoke: [signer])
        try apply(bytes, by: signer)
        let added = "\(NodePaths.trustedKeys)/\(successor.verifyingKey.fingerprint.hex).pub"
        try FileSystem.remove(scratch.root.resolve(added))
        #expect(try apply(bytes, by: signer).added == [successor.verifyingKey.fingerprint])
    }

    @Test func aRevokedKeyCannotSign() throws {
        try apply(try statement(1, add: [successor], revoke: [signer]), by: signer)
        let back = try statement(2, revoke: [successor])
        #expect(category { try apply(back, by: signer) } == .revokedKey)
        #expect(try store.policy(arguments: []).trusts(successor.verifyingKey))
    }

    @Test func aStrangerCannotSignAndLeavesNothing() throws {
        let before = try scratch.tree()
        let bytes = try statement(1, add: [successor])
        #expect(category { try apply(bytes, by: successor) } == .untrustedKey)
        #expect(try scratch.tree() == before)
    }

    @Test func aChangedStatementIsNotTheSignersWord() throws {
        let bytes = try statement(1, add: [successor])
        let signature = try signer.sign(bytes)
        let changed = bytes + [0x20]
        #expect(
            category { _ = try store.apply(statement: changed, signature: signature, arguments: []) } == .untrustedKey)
        let short = Array(signature.dropLast())
        #expect(category { _ = try store.apply(statement: bytes, signature: short, arguments: []) } == .untrustedKey)
    }

    @Test func olderStatementsAreRefusedByNumber() throws {
        try apply(try statement(2, add: [successor]), by: signer)
        let other = try SigningKey.generate()
        #expect(category { try apply(try statement(1, add: [other]), by: signer) } == .olderSequence)
        #expect(category { try apply(try statement(2, add: [other]), by: signer) } == .invalidInput)
        #expect(try !store.policy(arguments: []).trusts(other.verifyingKey))
        // Each signer counts for itself.
        try apply(try statement(1, add: [other]), by: successor)
        #expect(try store.policy(arguments: []).trusts(other.verifyingKey))
    }

    @Test func aRevokedKeyDoesNotComeBack() throws {
        try apply(try statement(1, revoke: [successor]), by: signer)
        let outcome = try apply(try statement(2, add: [successor]), by: signer)
        #expect(outcome.stayRevoked == [successor.verifyingKey.fingerprint])
        #expect(try !store.policy(arguments: []).trusts(successor.verifyingKey))
    }

    @Test func theSignerMayBeNamedByAFile() throws {
        let node = try Scratch()
        try scratch.write(String(decoding: signer.verifyingKey.pem, as: UTF8.self), to: "/release.pub")
        let bytes = try statement(1, add: [successor])
        let outcome = try TrustStore(root: node.root).apply(
            statement: bytes, signature: try signer.sign(bytes),
            arguments: [scratch.root.resolve("/release.pub").string])
        #expect(outcome.added == [successor.verifyingKey.fingerprint])
    }

    @Test(arguments: [
        "[]", "{", #"{"number": 1, "revoke": []}"#, #"{"schemaVersion": 2, "number": 1, "revoke": []}"#,
        #"{"schemaVersion": 1, "number": 0, "revoke": []}"#, #"{"schemaVersion": 1, "number": 1}"#,
        #"{"schemaVersion": 1, "number": 1, "revokes": ["SHA256:00"]}"#,
        #"{"schemaVersion": 1, "number": 1, "revoke": ["00"]}"#,
        #"{"schemaVersion": 1, "number": 1, "revoke": "all"}"#,
        #"{"schemaVersion": 1, "number": 1, "revoke": [1]}"#,
        #"{"schemaVersion": 1, "number": 1, "add": ["not a key"]}"#,
    ])
    func whatIsNotUnderstoodIsNotObeyed(_ text: String) throws {
        let before = try scratch.tree()
        #expect(category { try apply(Array(text.utf8), by: signer) } == .invalidInput)
        #expect(try scratch.tree() == before)
    }

    @Test func resetKeepsTheOperatorsKeysAndSaysSo() async throws {
        let node = try Scratch()
        try node.write("", to: "/etc/hosts")
        let journal = try Journal(node.root, clock: FixedWallClock(secondsSince1970: 0))
        try HostChanges(context: node.context(), journal: journal).makeDirectory(NodePaths.configuration)
        try node.write("SHA256:00\n", to: "\(NodePaths.revokedKeys)/00")
        let report = try await JournalUndo(context: node.context(), journal: journal).run()
        #expect(report.left.isEmpty)
        #expect(report.listed.map(\.what) == [NodePaths.configuration])
        #expect(try node.text("\(NodePaths.revokedKeys)/00") == "SHA256:00\n")
    }
}

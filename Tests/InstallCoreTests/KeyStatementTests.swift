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
    private func apply(_ bytes: [UInt8], by key: SigningKey) async throws -> TrustStore.StatementOutcome {
        try await store.apply(statement: bytes, signature: try key.sign(bytes), arguments: [])
    }

    private func category(_ body: () async throws -> Void) async -> DiagnosticCategory? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? any Diagnostic)?.category
        }
    }

    @Test func aSuccessorIsTrustedAndTheOldKeyIsNot() async throws {
        let bytes = try statement(1, add: [successor], revoke: [signer])
        let outcome = try await apply(bytes, by: signer)
        #expect(outcome.added == [successor.verifyingKey.fingerprint])
        #expect(outcome.revoked == [signer.verifyingKey.fingerprint])
        let policy = try store.policy(arguments: [])
        #expect(policy.trusts(successor.verifyingKey))
        #expect(!policy.trusts(signer.verifyingKey))
        let published = try store.published(productLine: "kubernetes")
        #expect(published.revokedKeys == [signer.verifyingKey.fingerprint])
    }

    @Test func theSameStatementAgainChangesNothing() async throws {
        let bytes = try statement(1, add: [successor], revoke: [signer])
        try await apply(bytes, by: signer)
        let before = try scratch.tree()
        let again = try await apply(bytes, by: signer)
        #expect(again.added.isEmpty && again.revoked.isEmpty)
        #expect(try scratch.tree() == before)
    }

    @Test func whatAnInterruptionLeftOutIsDoneByTheNextRun() async throws {
        let bytes = try statement(1, add: [successor], revoke: [signer])
        try await apply(bytes, by: signer)
        let added = "\(NodePaths.trustedKeys)/\(successor.verifyingKey.fingerprint.hex).pub"
        try FileSystem.remove(scratch.root.resolve(added))
        #expect(try await apply(bytes, by: signer).added == [successor.verifyingKey.fingerprint])
    }

    @Test func aRevokedKeyCannotSign() async throws {
        try await apply(statement(1, add: [successor], revoke: [signer]), by: signer)
        let back = try statement(2, revoke: [successor])
        #expect(await category { try await apply(back, by: signer) } == .revokedKey)
        #expect(try store.policy(arguments: []).trusts(successor.verifyingKey))
    }

    @Test func aStrangerCannotSignAndLeavesNothing() async throws {
        let before = try scratch.tree()
        let bytes = try statement(1, add: [successor])
        #expect(await category { try await apply(bytes, by: successor) } == .untrustedKey)
        #expect(try scratch.tree() == before)
    }

    @Test func aChangedStatementIsNotTheSignersWord() async throws {
        let bytes = try statement(1, add: [successor])
        let signature = try signer.sign(bytes)
        let changed = bytes + [0x20]
        #expect(
            await category { _ = try await store.apply(statement: changed, signature: signature, arguments: []) }
                == .untrustedKey)
        let short = Array(signature.dropLast())
        #expect(
            await category { _ = try await store.apply(statement: bytes, signature: short, arguments: []) }
                == .untrustedKey)
    }

    @Test func olderStatementsAreRefusedByNumber() async throws {
        try await apply(statement(2, add: [successor]), by: signer)
        let other = try SigningKey.generate()
        #expect(await category { try await apply(statement(1, add: [other]), by: signer) } == .olderSequence)
        #expect(await category { try await apply(statement(2, add: [other]), by: signer) } == .invalidInput)
        #expect(try !store.policy(arguments: []).trusts(other.verifyingKey))
        // Each signer counts for itself.
        try await apply(statement(1, add: [other]), by: successor)
        #expect(try store.policy(arguments: []).trusts(other.verifyingKey))
    }

    @Test func aRevokedKeyDoesNotComeBack() async throws {
        try await apply(statement(1, revoke: [successor]), by: signer)
        let outcome = try await apply(statement(2, add: [successor]), by: signer)
        #expect(outcome.stayRevoked == [successor.verifyingKey.fingerprint])
        #expect(try !store.policy(arguments: []).trusts(successor.verifyingKey))
    }

    @Test func theSignerMayBeNamedByAFile() async throws {
        let node = try Scratch()
        try scratch.write(String(decoding: signer.verifyingKey.pem, as: UTF8.self), to: "/release.pub")
        let bytes = try statement(1, add: [successor])
        let outcome = try await TrustStore(root: node.root).apply(
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
    func whatIsNotUnderstoodIsNotObeyed(_ text: String) async throws {
        let before = try scratch.tree()
        #expect(await category { try await apply(Array(text.utf8), by: signer) } == .invalidInput)
        #expect(try scratch.tree() == before)
    }

    @Test func resetLeavesTheOperatorsKeys() async throws {
        try await apply(statement(1, revoke: [successor]), by: signer)
        let before = try scratch.tree()
        let journal = try await Journal(scratch.root, clock: FixedWallClock(secondsSince1970: 0))
        try HostChanges(context: scratch.context(), journal: journal).write("x", to: "/etc/kf.conf")
        let report = try await JournalUndo(context: scratch.context(), journal: journal).run()
        #expect(report.left == [] && report.listed == [])
        #expect(try scratch.tree().filter { !$0.hasPrefix("/var") } == before)
    }
}

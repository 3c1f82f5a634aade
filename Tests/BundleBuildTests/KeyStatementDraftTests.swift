import BundleBuild
import BundleModel
import Host
import Signing
import SystemPackage
import TestSupport
import Testing

struct KeyStatementDraftTests {
    private let first: VerifyingKey
    private let second: VerifyingKey

    init() throws {
        first = try SigningKey.generate().verifyingKey
        second = try SigningKey.generate().verifyingKey
    }

    @Test func eachKeyStandsOnce() throws {
        let draft = try KeyStatementDraft(
            number: 3, add: [first, first], revoke: [second.fingerprint, second.fingerprint])
        let pem = String(decoding: first.pem, as: UTF8.self).replacing("\n", with: "\\n")
        let expected = """
            {
              "add" : [
                "\(pem)"
              ],
              "number" : 3,
              "revoke" : [
                "SHA256:\(second.fingerprint.hex)"
              ],
              "schemaVersion" : 1
            }

            """
        #expect(String(decoding: try draft.bytes(), as: UTF8.self) == expected)
    }

    @Test func whatNoNodeObeysIsNotWritten() {
        let key = first
        for number in [0, KeyStatementDraft.highestNumber + 1] {
            #expect(throws: BundleBuildError.self) { try KeyStatementDraft(number: number, add: [key], revoke: []) }
        }
        #expect(throws: BundleBuildError.self) { try KeyStatementDraft(number: 1, add: [], revoke: []) }
        #expect(throws: BundleBuildError.self) {
            try KeyStatementDraft(number: 1, add: [key], revoke: [key.fingerprint])
        }
    }

    @Test func aSignerThatRevokesItselfAloneIsWarned() throws {
        let alone = try KeyStatementDraft(number: 1, add: [], revoke: [first.fingerprint])
        #expect(alone.note(signedBy: first) != nil)
        #expect(alone.note(signedBy: second) == nil)
        let succeeded = try KeyStatementDraft(number: 1, add: [second], revoke: [first.fingerprint])
        #expect(succeeded.note(signedBy: first) == nil)
    }

    @Test(.enabled("needs python3-jsonschema: NO schema was checked") { await JSONSchema.isAvailable() })
    func theStatementKeepsToItsSchema() async throws {
        let scratch = try ScratchFolder()
        let path = scratch.file("statement.json")
        for draft in [
            try KeyStatementDraft(number: 1, add: [first], revoke: [second.fingerprint]),
            try KeyStatementDraft(number: KeyStatementDraft.highestNumber, add: [], revoke: [second.fingerprint]),
            try KeyStatementDraft(number: 1, add: [first], revoke: []),
        ] {
            try AtomicFile.write(try draft.bytes(), to: path)
            #expect(try await JSONSchema.faults(of: path, schema: "key-statement") == [])
        }
    }
}

import BundleBuild
import BundleModel
import Signing

/// `key-statement --format json`.
struct KeyStatementReport: Codable {
    var schemaVersion = 1
    var statement: String
    var signature: String
    var number: UInt64
    /// `SHA256:<hex>`
    var signer: String
    var added: [String]
    var revoked: [String]
    var notes: [String]

    init(_ draft: KeyStatementDraft, signer: VerifyingKey, statement: String, signature: String) {
        self.statement = statement
        self.signature = signature
        number = draft.number
        self.signer = KeyFingerprint.text(signer.fingerprint)
        added = draft.add.map { KeyFingerprint.text($0.fingerprint) }
        revoked = draft.revoke.map(KeyFingerprint.text)
        notes = draft.note(signedBy: signer).map { [$0] } ?? []
    }

    var text: String {
        var lines = ["statement  \(statement), number \(number)", "signature  \(signature)", "signer     \(signer)"]
        lines += added.map { "adds       \($0)" }
        lines += revoked.map { "revokes    \($0)" }
        lines += notes.map { "note: \($0)" }
        let file = ShellWord.text(statement)
        lines.append("next: carry both to every node, then as root: node-install trust apply \(file)")
        return lines.map { $0 + "\n" }.joined()
    }
}

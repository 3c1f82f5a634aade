public import BundleModel
import FoundationEssentials
public import Signing

/// A statement about keys before it is signed: which nodes trust from then on, and which no longer count.
///
/// `node-install trust apply` obeys it. Its JSON Schema is bundle-spec/key-statement.schema.json.
public struct KeyStatementDraft: Hashable, Sendable {
    /// The highest that nodes read.
    public static let highestNumber = UInt64(Int64.max)

    private struct Document: Encodable {
        var schemaVersion = 1
        var number: UInt64
        var add: [String]
        var revoke: [String]
    }

    /// Counts the statements of one signer: a node that obeyed a higher one refuses this one.
    public let number: UInt64
    /// Each once.
    public let add: [VerifyingKey]
    public let revoke: [SHA256Digest]

    /// - Throws: `BundleBuildError.badOption` for what no node would obey.
    public init(number: UInt64, add: [VerifyingKey], revoke: [SHA256Digest]) throws(BundleBuildError) {
        guard (1...Self.highestNumber).contains(number) else {
            throw .badOption("--number", value: "\(number)", expected: "1 to \(Self.highestNumber)")
        }
        if let both = add.first(where: { revoke.contains($0.fingerprint) }) {
            throw .badOption(
                "--revoke", value: KeyFingerprint.text(both.fingerprint), expected: "another key than those to add")
        }
        guard !(add.isEmpty && revoke.isEmpty) else {
            throw .badOption("--add", value: "", expected: "a key to add, or one to revoke by --revoke")
        }
        self.number = number
        self.add = Self.once(add)
        self.revoke = Self.once(revoke)
    }

    /// The bytes to sign.
    public func bytes() throws -> [UInt8] {
        Array(
            try CanonicalJSON.encode(
                Document(
                    number: number, add: add.map { String(decoding: $0.pem, as: UTF8.self) },
                    revoke: revoke.map(KeyFingerprint.text))))
    }

    /// What its signer should know; nil: nothing.
    public func note(signedBy key: VerifyingKey) -> String? {
        guard revoke.contains(key.fingerprint), add.isEmpty else { return nil }
        return "it revokes its own signer and adds no key: nodes that trust no other key will trust none"
    }

    private static func once<Element: Hashable>(_ elements: [Element]) -> [Element] {
        var seen: Set<Element> = []
        return elements.filter { seen.insert($0).inserted }
    }
}

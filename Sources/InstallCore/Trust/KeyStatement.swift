import BundleModel
import FoundationEssentials
import Signing

/// A signed word about keys: which are trusted from now on, and which no longer count.
///
/// Its JSON Schema is bundle-spec/key-statement.schema.json.
struct KeyStatement: Hashable, Sendable {
    static let schemaVersion: Int64 = 1
    private static let keys: Set<String> = ["schemaVersion", "number", "add", "revoke"]

    /// Counts the statements of one signer: a node that saw a higher one refuses it.
    let number: UInt64
    let add: [VerifyingKey]
    let revoke: [SHA256Digest]

    /// - Parameter json: the signed bytes.
    /// - Throws: `SigningError.badStatement`. Nothing in it is passed over: what is not understood is not obeyed.
    init(json: [UInt8]) throws {
        guard let value = try? CanonicalJSON.decode(JSONValue.self, from: Data(json)), case .object(let members) = value
        else { throw SigningError.badStatement("it is not a JSON object") }
        guard case .integer(let version) = members["schemaVersion"] else {
            throw SigningError.badStatement("it has no schemaVersion")
        }
        guard version == Self.schemaVersion else {
            throw SigningError.badStatement("its schemaVersion is \(version), this program knows \(Self.schemaVersion)")
        }
        if let unknown = members.keys.sorted().first(where: { !Self.keys.contains($0) }) {
            throw SigningError.badStatement("unknown key '\(unknown)'")
        }
        guard case .integer(let number) = members["number"], number > 0 else {
            throw SigningError.badStatement("its number is not 1 or higher")
        }
        self.number = UInt64(number)
        add = try Self.texts(members["add"], "add").map { text in
            do {
                return try VerifyingKey(pem: Array(text.utf8))
            } catch {
                throw SigningError.badStatement("a key to add is not an Ed25519 public key in PEM")
            }
        }
        revoke = try Self.texts(members["revoke"], "revoke").map { text in
            guard let fingerprint = try? KeyFingerprint.parse(text) else {
                throw SigningError.badStatement("'\(text)' to revoke is not SHA256: and 64 hex digits")
            }
            return fingerprint
        }
        if let both = add.first(where: { revoke.contains($0.fingerprint) }) {
            throw SigningError.badStatement("it adds and revokes \(KeyFingerprint.text(both.fingerprint))")
        }
        if add.isEmpty, revoke.isEmpty { throw SigningError.badStatement("it neither adds nor revokes a key") }
    }

    private static func texts(_ value: JSONValue?, _ key: String) throws(SigningError) -> [String] {
        guard let value else { return [] }
        guard case .array(let elements) = value else { throw .badStatement("'\(key)' is not a list") }
        let texts = elements.compactMap(\.text)
        guard texts.count == elements.count else { throw .badStatement("'\(key)' holds something other than text") }
        return texts
    }
}

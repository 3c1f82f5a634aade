import BundleModel
import Signing

/// `keygen --format json`.
struct KeyReport: Codable {
    var schemaVersion = 1
    var privateKey: String
    var publicKey: String
    /// `SHA256:<hex>`
    var fingerprint: String
    var keyID: String

    init(_ key: VerifyingKey, privateKey: String, publicKey: String) {
        self.privateKey = privateKey
        self.publicKey = publicKey
        fingerprint = KeyFingerprint.text(key.fingerprint)
        keyID = key.keyID
    }
}

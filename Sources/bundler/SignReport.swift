/// `sign --format json`.
struct SignReport: Codable {
    var schemaVersion = 1
    var keyID: String
    var signature: String
    var publicKey: String

    init(keyID: String, output: String) {
        self.keyID = keyID
        signature = "\(output)/\(keyID).sig"
        publicKey = "\(output)/\(keyID).pub"
    }
}

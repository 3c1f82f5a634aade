/// `attach --format json`.
struct AttachReport: Codable {
    var schemaVersion = 1
    var file: String
    var keyID: String
}

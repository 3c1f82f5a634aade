/// `init --format json`.
struct FileReport: Codable {
    var schemaVersion = 1
    var file: String
}

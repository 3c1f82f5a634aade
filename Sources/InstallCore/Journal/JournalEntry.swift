/// A record with its place and time.
struct JournalEntry: Codable, Hashable, Sendable {
    /// 1 for the first line.
    var sequence: Int
    /// RFC 3339, UTC.
    var time: String
    var record: JournalRecord
}

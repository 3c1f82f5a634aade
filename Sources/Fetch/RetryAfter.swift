import FoundationEssentials

/// The value of a Retry-After header: seconds, or a date in one of the three forms of HTTP.
enum RetryAfter {
    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]

    /// - Returns: seconds from `now` on, 0 for a date that is past; nil for anything else.
    static func seconds(_ header: String, now: Date) -> Int? {
        if let seconds = Int(header) { return seconds < 0 ? nil : seconds }
        guard let date = date(header) else { return nil }
        return Int(clamping: Int64(max(0, min(Double(Int32.max), date.timeIntervalSince(now).rounded(.up)))))
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` or `Sun Nov  6 08:49:37 1994`.
    static func date(_ text: String) -> Date? {
        let words = text.split { $0 == " " || $0 == "," || $0 == "-" }.map(String.init)
        let parts: (day: String, month: String, year: String, time: String)
        switch words.count {
        case 6 where words[5] == "GMT": parts = (words[1], words[2], words[3], words[4])
        case 5: parts = (words[2], words[1], words[4], words[3])
        default: return nil
        }
        let clock = parts.time.split(separator: ":", omittingEmptySubsequences: false).compactMap { Int($0) }
        guard let month = months.firstIndex(of: parts.month.lowercased()), let day = Int(parts.day),
            var year = Int(parts.year), clock.count == 3, (1...31).contains(day), (0...23).contains(clock[0]),
            (0...59).contains(clock[1]), (0...60).contains(clock[2])
        else { return nil }
        // RFC 850 has two digits; no server asks to wait for decades.
        if year < 100 { year += year < 70 ? 2000 : 1900 }
        // The calendar's sums are not made for more.
        guard year <= 9999 else { return nil }
        return Calendar(identifier: .gregorian).date(
            from: DateComponents(
                timeZone: .gmt, year: year, month: month + 1, day: day, hour: clock[0], minute: clock[1],
                second: clock[2]))
    }
}

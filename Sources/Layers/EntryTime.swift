#if canImport(Glibc)
    import Glibc
#endif

/// A time as a tar has it: any second, and nanoseconds after it.
struct EntryTime: Hashable, Comparable {
    private(set) var seconds: Int64
    private(set) var nanoseconds: Int64

    /// The first and the last moment that are written as they are.
    private static let earliest = EntryTime(0)
    private static let latest = EntryTime(Int64.max / 1_000_000_000, Int64.max % 1_000_000_000)
    /// Beyond this, sums of seconds stop meaning anything.
    private static let farthest: Int64 = 1 << 55

    /// - Parameter nanoseconds: -999999999 to 999999999.
    init(_ seconds: Int64, _ nanoseconds: Int64 = 0) {
        self.seconds = nanoseconds < 0 ? seconds - 1 : seconds
        self.nanoseconds = nanoseconds < 0 ? nanoseconds + 1_000_000_000 : nanoseconds
    }

    /// Nil for seconds that no calendar has.
    init?(header seconds: Int64) {
        guard seconds.magnitude < Self.farthest else { return nil }
        self.init(seconds)
    }

    static func < (left: EntryTime, right: EntryTime) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }

    /// As it goes to the disk: what lies before 1970 or after the nanoseconds of 64 bits becomes 1970's first moment.
    var bounded: timespec {
        guard self >= Self.earliest, self <= Self.latest else { return timespec() }
        return timespec(tv_sec: Int(seconds), tv_nsec: Int(nanoseconds))
    }
}

extension EntryTime {
    enum Text: Equatable {
        case time(EntryTime)
        case malformed
        case tooFar
    }

    /// The form of pax records: decimal seconds with a sign, perhaps a point and digits, of which nine count.
    static func parse(_ text: [UInt8]) -> Text {
        let point = text.firstIndex(of: UInt8(ascii: ".")) ?? text.count
        guard let seconds = TarNumber.decimal(text[..<point]) else { return .malformed }
        var nanoseconds: Int64 = 0
        var digits = 0
        for byte in text[min(point + 1, text.count)...] {
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else { return .malformed }
            guard digits < 9 else { continue }
            digits += 1
            nanoseconds = nanoseconds * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        while digits < 9 {
            digits += 1
            nanoseconds *= 10
        }
        guard seconds.magnitude < farthest else { return .tooFar }
        return .time(EntryTime(seconds, text.first == UInt8(ascii: "-") ? -nanoseconds : nanoseconds))
    }
}

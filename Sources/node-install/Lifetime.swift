import ArgumentParser

/// A duration as people write it: `90s`, `30m`, `2h`, `7d`; at most 30 days.
struct Lifetime: ExpressibleByArgument, CustomStringConvertible {
    private static let units: [Character: UInt64] = ["s": 1, "m": 60, "h": 3600, "d": 86400]
    private static let longest: UInt64 = 30 * 86400

    let seconds: UInt64

    init(seconds: UInt64) {
        self.seconds = seconds
    }

    init?(argument: String) {
        guard let unit = argument.last.flatMap({ Self.units[$0] }), let count = UInt64(argument.dropLast()),
            count > 0, count <= Self.longest, count * unit <= Self.longest
        else { return nil }
        seconds = count * unit
    }

    var description: String {
        for (unit, size) in Self.units.sorted(by: { $0.value > $1.value }) where seconds.isMultiple(of: size) {
            return "\(seconds / size)\(unit)"
        }
        return "\(seconds)s"
    }
}

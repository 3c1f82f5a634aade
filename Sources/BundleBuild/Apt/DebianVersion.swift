/// A package's version, ordered as Debian's policy says: `[epoch:]upstream[-revision]`.
///
/// Two texts may be the same version: `1.0` and `0:1.0-0` are.
struct DebianVersion: Comparable, Sendable {
    private let epoch: ArraySlice<UInt8>
    private let upstream: ArraySlice<UInt8>
    private let revision: ArraySlice<UInt8>

    /// Any text has a place in the order.
    init(_ text: String) {
        var rest = Array(text.utf8)[...]
        if let colon = rest.firstIndex(of: UInt8(ascii: ":")) {
            epoch = rest[..<colon]
            rest = rest[(colon + 1)...]
        } else {
            epoch = []
        }
        if let hyphen = rest.lastIndex(of: UInt8(ascii: "-")) {
            upstream = rest[..<hyphen]
            revision = rest[(hyphen + 1)...]
        } else {
            upstream = rest
            revision = []
        }
    }

    static func < (left: Self, right: Self) -> Bool { difference(left, right) < 0 }

    static func == (left: Self, right: Self) -> Bool { difference(left, right) == 0 }

    private static func difference(_ left: Self, _ right: Self) -> Int {
        for (one, other) in [
            (left.epoch, right.epoch), (left.upstream, right.upstream), (left.revision, right.revision),
        ] {
            let result = difference(one, other)
            if result != 0 { return result }
        }
        return 0
    }

    /// Runs of other characters and runs of digits take turns; the first that differs decides.
    private static func difference(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Int {
        var left = left
        var right = right
        while !left.isEmpty || !right.isEmpty {
            while isText(left.first) || isText(right.first) {
                let result = weight(left.first) - weight(right.first)
                if result != 0 { return result }
                // Of equal weight, so neither is at its end.
                left = left.dropFirst()
                right = right.dropFirst()
            }
            let result = numberDifference(&left, &right)
            if result != 0 { return result }
        }
        return 0
    }

    /// Takes a number of any length off both.
    private static func numberDifference(_ left: inout ArraySlice<UInt8>, _ right: inout ArraySlice<UInt8>) -> Int {
        left = left.drop { $0 == UInt8(ascii: "0") }
        right = right.drop { $0 == UInt8(ascii: "0") }
        let one = left.prefix { isDigit($0) }
        let other = right.prefix { isDigit($0) }
        left = left.dropFirst(one.count)
        right = right.dropFirst(other.count)
        if one.count != other.count { return one.count - other.count }
        for (first, second) in zip(one, other) where first != second { return Int(first) - Int(second) }
        return 0
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isText(_ byte: UInt8?) -> Bool { byte.map { !isDigit($0) } ?? false }

    /// A tilde comes before the end, the end and digits before letters, letters before everything else.
    private static func weight(_ byte: UInt8?) -> Int {
        guard let byte, !isDigit(byte) else { return 0 }
        if byte == UInt8(ascii: "~") { return -1 }
        let isLetter =
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
        return isLetter ? Int(byte) : Int(byte) + 256
    }
}

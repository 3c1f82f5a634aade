/// Which bytes of a file are there, and which somebody is fetching: its parts, each filled from its beginning on.
struct PartMap: Hashable, Sendable {
    /// Bytes of a part; the last one is shorter.
    static let partSize: UInt64 = 1 << 20
    /// The largest file, in bytes: what is kept about the parts of a larger one would itself not be small.
    static let largest: UInt64 = 1 << 40
    /// Parts that one request asks for at most.
    private static let longestRun = 8

    /// Bytes of the whole; nil: one part whose end nobody knows.
    let size: UInt64?
    /// Bytes from each part's beginning on that are there.
    private(set) var done: [UInt64]
    /// Bytes that are there, of all parts.
    private(set) var received: UInt64
    private var isTaken: [Bool]

    /// - Parameter done: of the first parts; what is more than a part has does not count.
    init(size: UInt64?, done known: [UInt64] = []) {
        self.size = size
        let count = Self.count(size)
        done = (0..<count).map { part in
            part < known.count ? min(known[part], Self.length(of: part, size)) : 0
        }
        received = done.reduce(0, +)
        isTaken = Array(repeating: false, count: count)
    }

    /// How many parts a file has.
    static func count(_ size: UInt64?) -> Int {
        guard let size else { return 1 }
        return max(1, Int(clamping: (min(size, largest) + partSize - 1) / partSize))
    }

    static func start(of part: Int) -> UInt64 { UInt64(part) * partSize }

    private static func length(of part: Int, _ size: UInt64?) -> UInt64 {
        guard let size else { return .max }
        return min(partSize, size - min(size, start(of: part)))
    }

    var isComplete: Bool { received == size }

    /// Takes the next missing bytes: several parts at once while much is left, so that there are few requests, and
    /// single ones towards the end, so that no connection works on alone for long.
    ///
    /// - Parameter workers: among whom the rest is shared.
    mutating func take(workers: Int) -> Range<UInt64>? {
        guard let size, let first = done.indices.first(where: { isMissing($0) }) else { return nil }
        let left = done.indices.count(where: { isMissing($0) })
        let most = max(1, min(Self.longestRun, left / max(1, 2 * workers)))
        var end = first + 1
        while end < done.count, end - first < most, isMissing(end), done[end] == 0 { end += 1 }
        for part in first..<end { isTaken[part] = true }
        return Self.start(of: first) + done[first]..<min(size, Self.start(of: end))
    }

    /// Gives back what was taken, as far as it did not come.
    mutating func release(_ range: Range<UInt64>) {
        for part in parts(of: range) { isTaken[part] = false }
    }

    /// Takes certain bytes, which nobody else has taken.
    mutating func take(_ range: Range<UInt64>) {
        for part in parts(of: range) { isTaken[part] = true }
    }

    /// Counts bytes that were written at a place, right behind those that were there.
    ///
    /// - Returns: the parts whose count changed.
    mutating func advance(_ range: Range<UInt64>) -> Range<Int> {
        guard size != nil else {
            received = range.upperBound
            done[0] = received
            return 0..<1
        }
        let changed = parts(of: range)
        for part in changed {
            let reached = min(range.upperBound, Self.start(of: part + 1)) - Self.start(of: part)
            received += reached - min(reached, done[part])
            done[part] = max(done[part], reached)
        }
        return changed
    }

    private func isMissing(_ part: Int) -> Bool { !isTaken[part] && done[part] < Self.length(of: part, size) }

    private func parts(of range: Range<UInt64>) -> Range<Int> {
        guard !range.isEmpty else { return 0..<0 }
        let first = Int(clamping: range.lowerBound / Self.partSize)
        let last = Int(clamping: (range.upperBound - 1) / Self.partSize)
        return min(first, done.count)..<min(last + 1, done.count)
    }
}

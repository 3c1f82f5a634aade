/// How long to wait so that no more than a number of bytes a second pass. Knows no clock: it is told the time.
struct TokenBucket: Hashable, Sendable {
    private let bytesPerSecond: Double
    /// Bytes that may pass at once; what has passed too early is a debt, below zero.
    private var level: Double
    private let highest: Double
    private var time = 0.0

    init(bytesPerSecond: UInt64) {
        self.bytesPerSecond = Double(max(1, bytesPerSecond))
        // A tenth of a second: enough to be smooth, too little to be seen in the total.
        highest = self.bytesPerSecond / 10
        level = highest
    }

    /// Takes bytes that have come.
    ///
    /// - Parameter now: seconds, from any start on.
    /// - Returns: seconds to wait before more are read.
    mutating func take(_ bytes: Int, at now: Double) -> Double {
        level = min(highest, level + max(0, now - time) * bytesPerSecond)
        time = max(time, now)
        level -= Double(bytes)
        return level < 0 ? -level / bytesPerSecond : 0
    }
}

extension TransferLimits {
    /// The lowest rate that is taken, in bytes a second: at less, a read of the network would take as long as a stall.
    public static let lowestRate: UInt64 = 8 << 10

    /// Bytes a second of `500k`, `20M`, `1G` or a plain number; k, M and G are 1024, 1024² and 1024³, in either case.
    ///
    /// - Returns: nil for anything else, and for less than `lowestRate`.
    public static func rate(_ text: String) -> UInt64? {
        let factors: [Character: UInt64] = ["k": 1 << 10, "m": 1 << 20, "g": 1 << 30]
        var digits = text[...]
        var factor: UInt64 = 1
        if let last = text.lowercased().last, let named = factors[last] {
            factor = named
            digits = digits.dropLast()
        }
        guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = UInt64(digits)
        else { return nil }
        let (rate, overflow) = number.multipliedReportingOverflow(by: factor)
        return overflow || rate < lowestRate ? nil : rate
    }
}

/// Sizes and rates for people: `163.5 MB`, always in powers of ten.
public enum ByteCount {
    public static func text(_ bytes: UInt64) -> String {
        let units = ["B", "kB", "MB", "GB", "TB"]
        var value = Double(bytes)
        var unit = 0
        while value >= 999.95, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        return unit == 0 ? "\(bytes) B" : "\(tenths(value)) \(units[unit])"
    }

    /// `1 h 02 min`, `3 min 20 s`, `7 s`; `unknown` for what no number of seconds can say.
    public static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e15 else { return "unknown" }
        let whole = Int(max(0, seconds).rounded())
        switch whole {
        case ..<60: return "\(whole) s"
        case ..<3600: return "\(whole / 60) min \(pad(whole % 60)) s"
        default: return "\(whole / 3600) h \(pad(whole / 60 % 60)) min"
        }
    }

    private static func tenths(_ value: Double) -> String {
        let scaled = Int((value * 10).rounded())
        return "\(scaled / 10).\(scaled % 10)"
    }

    private static func pad(_ value: Int) -> String {
        value < 10 ? "0\(value)" : "\(value)"
    }
}

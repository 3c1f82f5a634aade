import BundleModel

/// One task as it stands, or the sum of tasks that are alike.
struct ProgressTask {
    var name: String
    /// Monotonic nanoseconds.
    let started: UInt64
    var done: UInt64?
    var total: UInt64?
    var unit: ProgressEvent.Unit?
    /// What was done before it started, by an earlier run: not part of the rate.
    var before: UInt64
    /// More may come than `total`, which then tells nothing about the end.
    var isOpen = false

    init(name: String, started: UInt64, done: UInt64? = nil, total: UInt64? = nil, unit: ProgressEvent.Unit? = nil) {
        self.name = name
        self.started = started
        self.done = done
        self.total = total
        self.unit = unit
        before = done ?? 0
    }

    mutating func take(_ event: ProgressEvent) {
        done = event.done ?? done
        total = event.total ?? total
        unit = event.unit ?? unit
    }

    /// Nanoseconds that it has taken; 0 where the clock went back.
    func elapsed(_ now: UInt64) -> UInt64 { now > started ? now - started : 0 }

    /// `fetch kubelet: 20.0 MB of 40.0 MB (50 %), 2 s left, 10.0 MB/s`
    func text(_ now: UInt64) -> String {
        let seconds = Double(elapsed(now)) / 1e9
        guard let done else { return seconds < 1 ? name : "\(name): \(ByteCount.duration(seconds))" }
        let rate = seconds > 0 ? min(1e15, Double(done > before ? done - before : 0) / seconds) : 0
        var text = "\(name): \(amount(done))"
        if let total, total > 0, isOpen {
            text += " of at least \(amount(total))"
        } else if let total, total > 0 {
            text += " of \(amount(total)) (\(UInt64(min(100, Double(done) * 100 / Double(total)))) %)"
            if rate > 0, total > done { text += ", \(ByteCount.duration(Double(total - done) / rate)) left" }
        }
        return unit == nil ? text + ", \(ByteCount.text(UInt64(rate)))/s" : text
    }

    func amount(_ count: UInt64) -> String { unit == nil ? ByteCount.text(count) : "\(count)" }
}

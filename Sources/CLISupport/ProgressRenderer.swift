public import BundleModel
public import Dispatch
import FoundationEssentials
import Synchronization

/// Shows progress on stderr: a line that redraws itself, a line now and then, or a JSON object per line.
public final class ProgressRenderer: ProgressSink {
    private struct Task {
        var started: UInt64
        var shown: UInt64
    }

    private let style: ProgressStyle
    private let write: @Sendable (String) -> Void
    private let now: @Sendable () -> UInt64
    private let tasks = Mutex<[String: Task]>([:])

    /// - Parameters:
    ///   - write: where the text goes.
    ///   - now: monotonic nanoseconds.
    public init(
        style: ProgressStyle,
        write: @escaping @Sendable (String) -> Void = { StandardStreams.writeError($0) },
        now: @escaping @Sendable () -> UInt64 = { DispatchTime.now().uptimeNanoseconds }
    ) {
        self.style = style == .auto ? (StandardStreams.errorIsTerminal ? .tty : .plain) : style
        self.write = write
        self.now = now
    }

    public func report(_ event: ProgressEvent) {
        switch style {
        case .none: return
        case .json:
            if let line = try? CanonicalJSON.encodeLine(event) { write(String(decoding: line, as: UTF8.self) + "\n") }
        case .auto, .plain, .tty: render(event)
        }
    }

    private func render(_ event: ProgressEvent) {
        let text: String? = tasks.withLock { tasks in
            // Read under the lock: a thread that waited for it must not bring an earlier time than what is stored.
            let time = now()
            switch event.kind {
            case .started:
                tasks[event.task] = Task(started: time, shown: time)
                return style == .tty ? nil : "\(event.task)\n"
            case .note:
                return line("\(event.task): \(event.detail ?? "")")
            case .advanced:
                guard var task = tasks[event.task],
                    Self.elapsed(task.shown, time) >= interval(Self.elapsed(task.started, time))
                else { return nil }
                task.shown = time
                tasks[event.task] = task
                let body = Self.measure(event, seconds: Double(Self.elapsed(task.started, time)) / 1e9)
                return style == .tty ? "\r\u{1B}[K\(body)" : "\(body)\n"
            case .finished:
                guard let task = tasks.removeValue(forKey: event.task) else { return nil }
                let seconds = Double(Self.elapsed(task.started, time)) / 1e9
                let amount = event.done.map { " \(ByteCount.text($0))" } ?? ""
                let detail = event.detail.map { " (\($0))" } ?? ""
                return line("\(event.task): done\(amount) in \(ByteCount.duration(seconds))\(detail)")
            }
        }
        if let text { write(text) }
    }

    /// Nanoseconds between two lines. A terminal is redrawn ten times a second. A log gets a line a second at first,
    /// and the longer a task takes the fewer: some fifty in an hour.
    private func interval(_ running: UInt64) -> UInt64 {
        style == .tty ? 100_000_000 : max(1_000_000_000, running / 8)
    }

    /// Nanoseconds between two times; 0 where the clock went back.
    private static func elapsed(_ start: UInt64, _ end: UInt64) -> UInt64 {
        end > start ? end - start : 0
    }

    private func line(_ text: String) -> String {
        style == .tty ? "\r\u{1B}[K\(text)\n" : "\(text)\n"
    }

    private static func measure(_ event: ProgressEvent, seconds: Double) -> String {
        guard let done = event.done else { return "\(event.task): \(ByteCount.duration(seconds))" }
        let rate = seconds > 0 ? Double(done) / seconds : 0
        var text = "\(event.task): \(ByteCount.text(done))"
        if let total = event.total, total > 0 {
            text += " of \(ByteCount.text(total)) (\(min(100, done * 100 / total)) %)"
            if rate > 0, total > done { text += ", \(ByteCount.duration(Double(total - done) / rate)) left" }
        }
        return text + ", \(ByteCount.text(UInt64(rate)))/s"
    }
}

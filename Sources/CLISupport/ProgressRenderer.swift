public import BundleModel
public import Dispatch
import FoundationEssentials
import Synchronization

/// Shows progress on stderr: lines that redraw themselves, a line now and then, or a JSON object per line.
public final class ProgressRenderer: ProgressSink {
    /// How many tasks a terminal shows.
    private static let rows = 8

    private struct State {
        var board = ProgressBoard()
        /// When each task, or kind of tasks, was last shown in a log.
        var shown: [String: UInt64] = [:]
        /// Lines that a terminal shows now, and since when.
        var drawn = 0
        var drawnAt: UInt64?
    }

    private let style: ProgressStyle
    private let write: @Sendable (String) -> Void
    private let now: @Sendable () -> UInt64
    private let columns: @Sendable () -> Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - write: where the text goes.
    ///   - now: monotonic nanoseconds.
    ///   - columns: how wide a terminal is.
    public init(
        style: ProgressStyle,
        write: @escaping @Sendable (String) -> Void = { StandardStreams.writeError($0) },
        now: @escaping @Sendable () -> UInt64 = { DispatchTime.now().uptimeNanoseconds },
        columns: @escaping @Sendable () -> Int = { StandardStreams.errorColumns }
    ) {
        self.style = style == .auto ? (StandardStreams.errorIsTerminal ? .tty : .plain) : style
        self.write = write
        self.now = now
        self.columns = columns
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
        state.withLock { state in
            // Read under the lock: a thread that waited for it must not bring an earlier time than what is stored.
            let time = now()
            let said = Self.take(event, at: time, isTerminal: style == .tty, &state)
            let text = style == .tty ? draw(said, at: time, &state) : said
            // And written under it: two threads' lines must not change places.
            if let text { write(text) }
        }
    }

    /// - Returns: a line to stay; nil for none.
    private static func take(
        _ event: ProgressEvent, at time: UInt64, isTerminal: Bool, _ state: inout State
    ) -> String? {
        switch event.kind {
        case .started:
            state.board.begin(event, at: time)
            state.shown[event.task] = time
            return isTerminal ? nil : "\(event.task)\n"
        case .note:
            return "\(event.task): \(event.detail ?? "")\n"
        case .advanced:
            state.board.advance(event)
            return isTerminal ? nil : logLine(event.task, at: time, &state)
        case .finished:
            guard let task = state.board.end(event) else { return nil }
            state.shown[event.task] = nil
            let amount = event.done.map { " \(task.amount($0))" } ?? ""
            let detail = event.detail.map { " (\($0))" } ?? ""
            let seconds = Double(task.elapsed(time)) / 1e9
            return "\(event.task): done\(amount) in \(ByteCount.duration(seconds))\(detail)\n"
        }
    }

    /// A log gets a line a second at first, and the longer a task takes the fewer: some fifty in an hour. Several tasks
    /// of a kind get them together, for their sum.
    private static func logLine(_ name: String, at time: UInt64, _ state: inout State) -> String? {
        guard let own = state.board.task(name) else { return nil }
        let task = state.board.sum(withTask: name) ?? own
        // A sum is named by numbers that change: what is remembered is when any of its tasks was shown.
        let names = task.name == own.name ? [name] : state.board.alike(name)
        let last = names.compactMap { state.shown[$0] }.max() ?? task.started
        let passed = time > last ? time - last : 0
        guard passed >= max(1_000_000_000, task.elapsed(time) / 8) else { return nil }
        for name in names { state.shown[name] = time }
        return task.text(time) + "\n"
    }

    /// Draws over what is there: what stays comes first, then what goes on. Ten times a second, and where something is
    /// to stay. The cursor is left below, so that whatever else is written has a line of its own.
    private func draw(_ said: String?, at time: UInt64, _ state: inout State) -> String? {
        if said == nil, let last = state.drawnAt, time < last &+ 100_000_000 { return nil }
        let lines = state.board.lines(at: time, rows: Self.rows, columns: columns())
        let up = state.drawn > 0 ? "\u{1B}[\(state.drawn)A\r\u{1B}[J" : ""
        state.drawn = lines.count
        state.drawnAt = time
        let text = up + (said ?? "") + lines.map { $0 + "\n" }.joined()
        return text.isEmpty ? nil : text
    }
}

import BundleModel

/// All that is going on: each task, and the sum of those of one kind, whose names begin with the same word.
struct ProgressBoard {
    private struct Kind {
        let started: UInt64
        var ended = 0
        /// Of tasks that have ended: what they did, and of that what was there before.
        var done: UInt64 = 0
        var before: UInt64 = 0
        /// Bytes alone are added up.
        var isOfBytes = true

        mutating func add(_ all: UInt64, before some: UInt64) {
            done = ProgressBoard.sum([done, all])
            before = ProgressBoard.sum([before, some])
        }
    }

    /// As large as it gets: some totals are an upstream's word, and an absurd one must not end the program.
    private static func sum(_ numbers: [UInt64]) -> UInt64 {
        numbers.reduce(0) { sum, number in
            let (next, isTooLarge) = sum.addingReportingOverflow(number)
            return isTooLarge ? .max : next
        }
    }

    private var tasks: [String: ProgressTask] = [:]
    /// The names of those that run, in the order in which they began.
    private(set) var running: [String] = []
    private var kinds: [String: Kind] = [:]

    func task(_ name: String) -> ProgressTask? { tasks[name] }

    mutating func begin(_ event: ProgressEvent, at now: UInt64) {
        if tasks[event.task] == nil { running.append(event.task) }
        tasks[event.task] = ProgressTask(
            name: event.task, started: now, done: event.done, total: event.total, unit: event.unit)
        if kinds[Self.kind(event.task)] == nil { kinds[Self.kind(event.task)] = Kind(started: now) }
    }

    mutating func advance(_ event: ProgressEvent) {
        tasks[event.task]?.take(event)
    }

    /// - Returns: the task as it was; nil for one that did not begin.
    mutating func end(_ event: ProgressEvent) -> ProgressTask? {
        guard let task = tasks.removeValue(forKey: event.task) else { return nil }
        running.removeAll { $0 == event.task }
        let kind = Self.kind(event.task)
        kinds[kind]?.ended += 1
        let all = task.total ?? task.done ?? event.done ?? 0
        // What nobody saw being done was there: it is no part of the rate either.
        let seen = min(task.done ?? task.before, all)
        kinds[kind]?.add(all, before: Self.sum([task.before, all - seen]))
        if task.unit != nil { kinds[kind]?.isOfBytes = false }
        return task
    }

    /// Of a task that runs beside others of its kind: the sum of these and of those that have ended, as far as it is
    /// known. Nil for one alone.
    func sum(withTask name: String) -> ProgressTask? {
        let word = Self.kind(name)
        let current = alike(name).compactMap { tasks[$0] }
        guard let kind = kinds[word], kind.isOfBytes, current.count > 1,
            current.allSatisfy({ $0.unit == nil }), current.contains(where: { $0.done != nil })
        else { return nil }
        let done = Self.sum([kind.done] + current.map { $0.done ?? 0 })
        let isTotalKnown = current.allSatisfy { $0.total != nil }
        var sum = ProgressTask(
            name: "\(word), \(kind.ended) done and \(current.count) running", started: kind.started, done: done,
            total: isTotalKnown ? Self.sum([kind.done] + current.map { $0.total ?? 0 }) : nil)
        // What has not begun yet is not in it.
        sum.isOpen = true
        sum.before = Self.sum([kind.before] + current.map(\.before))
        return sum
    }

    /// The tasks of a task's kind that run.
    func alike(_ name: String) -> [String] {
        let word = Self.kind(name)
        return running.filter { Self.kind($0) == word }
    }

    /// What a terminal shows: the tasks that run, and the sums below them.
    ///
    /// - Parameters:
    ///   - rows: how many tasks at most.
    ///   - columns: longer lines are cut, since one that wraps could not be drawn over.
    func lines(at now: UInt64, rows: Int, columns: Int) -> [String] {
        var lines = running.prefix(rows).compactMap { tasks[$0]?.text(now) }
        if running.count > rows { lines.append("… and \(running.count - rows) more") }
        var said: Set<String> = []
        for name in running where said.insert(Self.kind(name)).inserted {
            if let sum = sum(withTask: name) { lines.append(sum.text(now)) }
        }
        return lines.map { String($0.prefix(max(1, columns - 1))) }
    }

    private static func kind(_ task: String) -> String {
        String(task.prefix { $0 != " " })
    }
}

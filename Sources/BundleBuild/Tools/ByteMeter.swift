import BundleModel

/// Counts the bytes of one task, tells of them, and ends the work where it was cancelled. For one thread.
final class ByteMeter {
    private let task: String
    private let total: UInt64
    private let progress: any ProgressSink
    private let stop: CancellationFlag
    private var done: UInt64 = 0

    init(_ task: String, total: UInt64, _ progress: any ProgressSink, stop: CancellationFlag) {
        self.task = task
        self.total = total
        self.progress = progress
        self.stop = stop
        progress.report(ProgressEvent(kind: .started, task: task, done: 0, total: total))
    }

    /// - Throws: `CancellationError`.
    func add(_ bytes: UInt64) throws {
        try stop.check()
        done += bytes
        progress.report(ProgressEvent(kind: .advanced, task: task, done: done, total: total))
    }

    func finish() {
        progress.report(ProgressEvent(kind: .finished, task: task, done: done, total: total))
    }
}

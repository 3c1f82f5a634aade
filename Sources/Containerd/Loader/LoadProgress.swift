import BundleModel
import Synchronization

/// Counts the bytes that were read of the layers and tells of them.
final class LoadProgress: Sendable {
    static let task = "load images"
    private let sink: any ProgressSink
    private let total: UInt64
    private let done = Mutex<UInt64>(0)

    init(_ sink: any ProgressSink, total: UInt64) {
        self.sink = sink
        self.total = total
        sink.report(ProgressEvent(kind: .started, task: Self.task, done: 0, total: total))
    }

    func read(_ count: Int) {
        let now = done.withLock { done in
            done += UInt64(count)
            return done
        }
        sink.report(ProgressEvent(kind: .advanced, task: Self.task, done: now, total: total))
    }

    func made(_ step: LoadPlan.Step) {
        sink.report(ProgressEvent(kind: .note, task: Self.task, detail: "layer \(step.diffID) is unpacked"))
    }

    func finish() {
        sink.report(ProgressEvent(kind: .finished, task: Self.task, done: total, total: total))
    }
}

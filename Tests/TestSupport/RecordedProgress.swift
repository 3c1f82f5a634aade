public import BundleModel
import Synchronization

/// Keeps every progress event.
public final class RecordedProgress: ProgressSink {
    private let seen = Mutex<[ProgressEvent]>([])

    public init() {}

    public var events: [ProgressEvent] { seen.withLock { $0 } }

    /// What was told besides progress.
    public var notes: [String] { events.filter { $0.kind == .note }.compactMap(\.detail) }

    public func report(_ event: ProgressEvent) { seen.withLock { $0.append(event) } }
}

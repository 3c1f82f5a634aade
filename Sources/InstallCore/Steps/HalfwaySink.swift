import BundleModel

/// Passes progress on, and is where a test kills the process in the middle of a long copy.
struct HalfwaySink: ProgressSink {
    let context: NodeContext
    let boundary: String
    let half: UInt64

    func report(_ event: ProgressEvent) {
        if let done = event.done, done >= half, event.kind == .advanced { context.boundary.reach(boundary) }
        context.progress.report(event)
    }
}

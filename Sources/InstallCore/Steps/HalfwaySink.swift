import BundleModel

/// Passes progress on, and is where a test kills the process in the middle of a long copy.
struct HalfwaySink: ProgressSink {
    let context: NodeContext
    let boundary: String

    func report(_ event: ProgressEvent) {
        if event.kind == .advanced, let done = event.done, let total = event.total, done >= total / 2 {
            context.boundary.reach(boundary)
        }
        context.progress.report(event)
    }
}

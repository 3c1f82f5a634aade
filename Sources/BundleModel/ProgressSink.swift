/// Takes progress events, from any thread.
public protocol ProgressSink: Sendable {
    func report(_ event: ProgressEvent)
}

/// Nobody looks.
public struct SilentProgress: ProgressSink {
    public init() {}
    public func report(_ event: ProgressEvent) {}
}

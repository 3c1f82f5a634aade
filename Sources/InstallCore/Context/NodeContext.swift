public import BundleModel
public import Host
public import Logging
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// Everything that touches the node: files under a root, programs, time, and what is told to people.
///
/// Tests give a scratch root and a runner that fails on any program they did not provide.
public struct NodeContext: Sendable {
    public var root: HostRoot
    public var runner: any ProcessRunner
    public var clock: any WallClock
    public var progress: any ProgressSink
    public var logger: Logger
    /// Waits between two looks at something that takes time.
    public var pause: @Sendable (Duration) async throws -> Void
    /// Makes everything written so far survive a power cut.
    public var flush: @Sendable () -> Void
    /// Where an installation may be killed by a test.
    public var boundary: Boundary

    public init(
        root: HostRoot, runner: any ProcessRunner, clock: any WallClock, progress: any ProgressSink, logger: Logger,
        pause: @escaping @Sendable (Duration) async throws -> Void, flush: @escaping @Sendable () -> Void,
        boundary: Boundary = Boundary(killAt: nil)
    ) {
        self.root = root
        self.runner = runner
        self.clock = clock
        self.progress = progress
        self.logger = logger
        self.pause = pause
        self.flush = flush
        self.boundary = boundary
    }

    /// The machine itself.
    public static func system(progress: any ProgressSink, logger: Logger, boundary: Boundary) -> NodeContext {
        NodeContext(
            root: HostRoot("/"), runner: LoggedProcessRunner(runner: SystemProcessRunner(), logger: logger),
            clock: SystemWallClock(), progress: progress, logger: logger, pause: { try await Task.sleep(for: $0) },
            flush: { sync() }, boundary: boundary)
    }

    /// A line that a person should see, in the log too.
    func note(_ task: String, _ text: String) {
        logger.notice("\(task): \(text)")
        progress.report(ProgressEvent(kind: .note, task: task, detail: text))
    }
}

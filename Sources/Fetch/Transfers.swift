import BundleModel

/// What all transfers of one cache share: connections, limits, retries, and which hosts do not answer.
struct Transfers: Sendable {
    let transport: HTTPTransport
    let retry: RetryPolicy
    let queue: TransferQueue
    /// Nil without a limit.
    let limiter: RateLimiter?
    let health = OriginHealth()
    let progress: any ProgressSink

    init(_ transport: HTTPTransport, retry: RetryPolicy, limits: TransferLimits, progress: any ProgressSink) {
        self.transport = transport
        self.retry = retry
        queue = TransferQueue(limits)
        limiter = limits.bytesPerSecond.map { RateLimiter(bytesPerSecond: $0) }
        self.progress = progress
    }

    func note(_ text: String) {
        progress.report(ProgressEvent(kind: .note, task: "fetch", detail: text))
    }
}

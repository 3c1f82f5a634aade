import BundleModel

extension RetryPolicy {
    /// Does work until it succeeds, fails for good, or has failed as often as this allows.
    func repeating<Result>(
        _ progress: any ProgressSink, _ work: () async throws -> Result
    ) async throws -> Result {
        var number = 1
        while true {
            do {
                return try await work()
            } catch let error as FetchError {
                // What fails because it was interrupted has not failed.
                try Task.checkCancellation()
                guard number < attempts, error.mayPass else { throw error }
                progress.report(ProgressEvent(kind: .note, task: "fetch", detail: "\(error.message); trying again"))
                try await wait(number, error.retryAfter)
                number += 1
            }
        }
    }
}

extension FetchError {
    /// Whether the same request may succeed a little later.
    var mayPass: Bool {
        switch self {
        case .unreachable, .stalled: true
        case .refused(_, let status, _): status == 429
        case .badStatus(_, let status, _): status >= 500 || status == 416 || status == 408
        default: false
        }
    }

    /// Whether another address may do better: not where this machine or its user is the cause.
    var isUpstreams: Bool {
        switch self {
        case .system, .badSource, .badAuthorities, .notCached: false
        default: true
        }
    }

    /// Seconds that the server asks to wait.
    var retryAfter: Int? {
        switch self {
        case .refused(_, _, let seconds), .badStatus(_, _, let seconds): seconds
        default: nil
        }
    }
}

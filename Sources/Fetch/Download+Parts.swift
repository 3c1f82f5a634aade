import BundleModel

extension Download {
    /// How one of the connections that fill a file ended.
    private enum End: Sendable {
        /// Nothing was left to take.
        case done
        /// The server has other content now.
        case changed
        /// It failed again and again while others got on: this server may want fewer connections.
        case gaveUp(FetchError)
    }

    /// Fills what is missing, by as many connections as the limits allow.
    ///
    /// - Parameters:
    ///   - first: the connection that is there already, with the bytes of `range`.
    /// - Returns: false where the content has changed.
    func parts(_ first: Opened, range: Range<UInt64>, from url: String) async throws -> Bool {
        try await withThrowingTaskGroup(of: End.self) { group in
            group.addTask { try await self.work(url, begun: (first, range)) }
            for _ in 1..<max(1, transfers.queue.widest) { group.addTask { try await self.work(url) } }
            defer { group.cancelAll() }
            var failure: FetchError?
            for try await end in group {
                switch end {
                case .done: break
                case .changed: return false
                case .gaveUp(let error): failure = error
                }
            }
            if partial.isComplete { return true }
            throw failure ?? FetchError.unreachable(url: url, reason: "it ended before all parts had come")
        }
    }

    /// One connection: part after part, with the pauses of the retry policy where one fails.
    private func work(_ url: String, begun first: (opened: Opened, range: Range<UInt64>)? = nil) async throws -> End {
        var begun = first
        var failures = 0
        var mark = partial.received
        while true {
            do {
                let current = begun
                begun = nil
                if let end = try await part(url, begun: current) { return end }
                failures = 0
            } catch let error as FetchError where error.mayPass {
                try Task.checkCancellation()
                if failures == 0 { mark = partial.received }
                failures += 1
                if failures >= transfers.retry.attempts {
                    if partial.received > mark { return .gaveUp(error) }
                    throw error
                }
                note("\(error.message); trying again")
                try await transfers.retry.wait(failures, error.retryAfter)
            }
        }
    }

    /// One request.
    ///
    /// - Returns: nil where there may be more to do.
    private func part(_ url: String, begun: (opened: Opened, range: Range<UInt64>)?) async throws -> End? {
        guard let range = begun?.range ?? partial.take(workers: transfers.queue.widest) else { return .done }
        // Before the pause after a failure: another connection may have more luck with it.
        defer { partial.release(range) }
        let opened: Opened
        if let begun {
            opened = begun.opened
        } else {
            opened = try await open(url, range: range)
        }
        defer { opened.slot.release() }
        guard isPart(opened.answer, range) else { return .changed }
        try await fill(range, opened, from: url)
        return nil
    }

    /// Whether an answer has what was asked for, of the content that all other bytes are of.
    private func isPart(_ answer: HTTPTransport.Answer, _ range: Range<UInt64>) -> Bool {
        guard answer.status == 206, let told = answer.contentRange else { return false }
        return told.bytes.lowerBound == range.lowerBound && told.bytes.upperBound <= range.upperBound
            && told.total == partial.state?.size
    }
}

import BundleModel

extension Transfers {
    /// Bytes after which a transfer counts as having got on: what failed before is then forgotten.
    private static let advance: UInt64 = 1 << 20

    /// Does work with the first of several addresses that can. One that fails for good is not asked again; the others
    /// are asked in rounds, with the pauses of the retry policy between them.
    ///
    /// - Parameters:
    ///   - urls: the canonical one first. Those of hosts that did not answer lately come last.
    ///   - received: bytes so far; a round that brought a good part of a file does not count as failed.
    /// - Throws: the canonical address's error, where nobody could.
    func trying<Result>(
        _ urls: [String], received: @autoclosure () -> UInt64 = 0, _ work: (String) async throws -> Result
    ) async throws -> Result {
        var left = health.ordered(urls)
        var failures: [String: FetchError] = [:]
        var mark = received()
        var number = 1
        while true {
            let round = left
            var passing: [FetchError] = []
            for (place, url) in round.enumerated() {
                do {
                    let result = try await work(url)
                    health.answered(url)
                    return result
                } catch let error as FetchError where error.isUpstreams {
                    try Task.checkCancellation()
                    failures[url] = error
                    if error.mayPass {
                        health.failed(url)
                        passing.append(error)
                    } else {
                        left.removeAll { $0 == url }
                    }
                    if place + 1 < round.count {
                        note("\(error.message); trying \(HTTPTransport.origin(round[place + 1]))")
                    }
                }
            }
            if received() >= mark + Self.advance { number = 1 }
            mark = max(mark, received())
            guard number < retry.attempts, let last = passing.last else {
                throw urls.compactMap { failures[$0] }.first ?? FetchError.badSource("no address to fetch from")
            }
            note("\(last.message); trying again")
            // Where one did not say how long to wait, the pauses are ours.
            let asked = passing.compactMap(\.retryAfter)
            try await retry.wait(number, asked.count == passing.count ? asked.min() : nil)
            number += 1
        }
    }
}

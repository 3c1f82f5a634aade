import ArgumentParser
import Fetch
import FoundationEssentials

/// How much of the network is used, and how patiently.
struct TransferOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Connections at once, in all.", valueName: "count"))
    var jobs: Int = TransferLimits().connections

    @Option(help: ArgumentHelp("Connections at once to one host.", valueName: "count"))
    var jobsPerHost: Int = TransferLimits().perHost

    @Option(
        help: ArgumentHelp(
            "Bytes a second over all connections: 500k, 20M, 1G; k is 1024. At least 8k. Default: no limit.",
            valueName: "rate"),
        transform: { text in
            guard let rate = TransferLimits.rate(text) else {
                throw ValidationError("'\(text)': expected a rate such as 500k or 20M, of at least 8k")
            }
            return rate
        })
    var limitRate: UInt64?

    @Flag(help: "Ask no upstream: what is needed comes from the cache, or the command fails.")
    var offline = false

    @Option(
        help: ArgumentHelp(
            "How often 'make' tries a failed request again, with growing pauses. 'plan' asks once.", valueName: "count")
    )
    var retries: Int = 4

    func validate() throws {
        if !(0...100).contains(retries) { throw ValidationError("--retries must be 0 to 100") }
        if !(1...256).contains(jobs) { throw ValidationError("--jobs must be 1 to 256") }
        if !(1...256).contains(jobsPerHost) { throw ValidationError("--jobs-per-host must be 1 to 256") }
    }

    var limits: TransferLimits {
        TransferLimits(connections: jobs, perHost: jobsPerHost, bytesPerSecond: limitRate)
    }

    /// - Parameter stallSeconds: how long a connection may be silent.
    /// - Throws: `FetchError.badAuthorities`.
    func transport(stallSeconds: Int = 60) throws -> HTTPTransport {
        // Who asks nobody needs to trust nobody.
        let authorities =
            offline ? nil : try HTTPTransport.authorities(environment: ProcessInfo.processInfo.environment)
        return HTTPTransport(stallSeconds: stallSeconds, authorities: authorities, isOffline: offline)
    }
}

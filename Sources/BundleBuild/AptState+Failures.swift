import Fetch
import Host

/// apt ends with 100 whatever went wrong; what was asked of it says which kind of failure that can be.
extension AptState {
    /// A call that goes to the archive.
    ///
    /// - Throws: `FetchError.badAnswer` where apt refuses what the archive sent, else `.unreachable`.
    func online(_ command: Command, from source: String) async throws {
        do {
            try await runner.require(command)
        } catch HostError.failed(_, _, let output) {
            let reason = Self.reason(output)
            throw Self.refusals.contains { output.contains($0) }
                ? FetchError.badAnswer(url: source, reason: reason)
                : FetchError.unreachable(url: source, reason: reason)
        } catch let error as HostError {
            guard case .timedOut = error else { throw error }
            throw FetchError.stalled(url: source, seconds: command.timeout)
        }
    }

    /// A call that reads the fetched lists.
    ///
    /// - Throws: `BundleBuildError.missing`.
    func offline(_ command: Command, looksFor names: [String]) async throws -> CommandResult {
        do {
            return try await runner.require(command)
        } catch HostError.failed(_, _, let output) {
            throw BundleBuildError.missing(
                names.joined(separator: ", "), lookedIn: "the package index: \(Self.reason(output))")
        }
    }

    /// apt's words, in the C locale, for content that differs from what the archive's key or index vouches for.
    private static let refusals = [
        "Hash Sum mismatch", "File has unexpected size", "NO_PUBKEY", "BADSIG", "EXPKEYSIG", "is not signed",
        "couldn't be verified", "no longer has a Release file", "Clearsigned file isn't valid", "is not valid yet",
        "is expired",
    ]

    /// The errors of what apt printed, on one line.
    private static func reason(_ output: String) -> String {
        let lines = output.split(separator: "\n")
        let errors = lines.filter { $0.hasPrefix("E: ") }.map { $0.dropFirst(3) }
        return (errors.isEmpty ? lines.suffix(1).map { $0[...] } : errors).joined(separator: "; ")
    }
}

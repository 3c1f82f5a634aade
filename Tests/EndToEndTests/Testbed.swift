import FoundationEssentials
import Host
import SystemPackage
import Testing

/// The test bed's command line (Tests/Testbed/README.md), as this suite uses it.
struct Testbed {
    /// The repository's root.
    static let repository: FilePath = FilePath(#filePath)
        .removingLastComponent().removingLastComponent().removingLastComponent()
    /// Where the bed keeps its nodes and upstreams.
    static var directory: FilePath {
        ProcessInfo.processInfo.environment["TESTBED_DIR"].map { FilePath($0) }
            ?? repository.appending(".build-testbed")
    }

    /// What belongs to this run alone (TESTBED_RUN): two runs may share one test bed.
    static var runDirectory: FilePath {
        directory.appending("runs").appending(ProcessInfo.processInfo.environment["TESTBED_RUN"] ?? "default")
    }

    /// Runs a subcommand; any status but 0 fails the test with what was printed.
    @discardableResult
    static func run(_ arguments: String..., timeout: Int = 3600) async throws -> String {
        try await require([repository.appending("Tests/Testbed/testbed").string] + arguments, timeout: timeout)
    }

    /// Runs any program on this machine.
    @discardableResult
    static func require(_ command: [String], timeout: Int = 3600) async throws -> String {
        try await SystemProcessRunner().require(
            Command(command[0], Array(command.dropFirst()), timeout: timeout)
        ).standardOutput
    }

    /// `FILES_URL` and `REGISTRY_URL` of the running upstream.
    static func upstream() async throws -> [String: String] {
        let text = try await run("upstream", "up")
        let pairs = text.split(separator: "\n").compactMap { line -> (String, String)? in
            let halves = line.split(separator: "=", maxSplits: 1).map(String.init)
            return halves.count == 2 ? (halves[0], halves[1]) : nil
        }
        return Dictionary(uniqueKeysWithValues: pairs)
    }
}

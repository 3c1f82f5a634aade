import Host

#if canImport(Glibc)
    import Glibc
#endif

/// Runs programs with no network in reach: in an empty network namespace, or, where this machine does not allow one, as
/// containers and some users' rights do not, with proxies that nobody answers at.
struct NetworkIsolation: Sendable {
    /// Whether there are network namespaces.
    let isWhole: Bool

    /// Tries it.
    init(_ runner: any ProcessRunner) async throws {
        isWhole = try await runner.run(Command("unshare", Self.namespaces + ["true"])).status == 0
    }

    /// What to say of a program that ran without a namespace of its own; nil where it had one.
    func note(on program: String) -> String? {
        isWhole
            ? nil
            : "this machine gives no network namespace (unshare --net): \(program) ran with proxies alone to keep it from "
                + "the network"
    }

    /// A program with its arguments, as they are run.
    func command(_ words: [String], timeout: Int = 60, outputLimit: Int = 4 << 20) -> Command {
        isWhole
            ? Command("unshare", Self.namespaces + words, timeout: timeout, outputLimit: outputLimit)
            : Command("env", Self.deadProxies + words, timeout: timeout, outputLimit: outputLimit)
    }

    /// Variables for a program that `env -i` takes all others from.
    var variables: [String] { isWhole ? [] : Self.deadProxies }

    /// Without root a user namespace of its own gives the right to the network namespace.
    private static var namespaces: [String] { geteuid() == 0 ? ["--net"] : ["--map-root-user", "--net"] }

    /// Port 9 is discard's, which nothing listens at.
    private static let deadProxies =
        ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"]
        .map { "\($0)=http://127.0.0.1:9" } + ["no_proxy=", "NO_PROXY="]
}

import Host

/// How far dpkg has come with a package, in its own words.
enum PackageState: String, Sendable {
    case notInstalled = "not-installed"
    case configFiles = "config-files"
    case halfInstalled = "half-installed"
    case unpacked
    case halfConfigured = "half-configured"
    case triggersAwaited = "triggers-awaited"
    case triggersPending = "triggers-pending"
    case installed

    /// Whether dpkg began to install it and was not done.
    var isUnfinished: Bool {
        switch self {
        case .halfInstalled, .unpacked, .halfConfigured, .triggersAwaited, .triggersPending: true
        case .notInstalled, .configFiles, .installed: false
        }
    }

    /// - Returns: `notInstalled` for a package that dpkg has not heard of.
    static func of(
        _ name: String, runner: any ProcessRunner
    ) async throws -> (state: PackageState, version: String) {
        let query = Command("dpkg-query", ["-W", "-f", "${db:Status-Status} ${Version}", name])
        let words = try await runner.run(query).standardOutput.split(separator: " ").map(String.init)
        let state = words.first.flatMap(PackageState.init(rawValue:)) ?? .notInstalled
        return (state, words.dropFirst().first ?? "")
    }
}

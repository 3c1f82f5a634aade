import BundleModel
import FoundationEssentials
import Host
import SystemPackage
import Testing

/// A throwaway node: systemd in a container of its own, on a bridge without a way out.
struct TestNode {
    let name: String
    let address: String
    private let runner = SystemProcessRunner()

    /// Boots a node from a copy of the prepared tree.
    static func boot(_ name: String, _ address: String, base: String = "base-bare") async throws -> TestNode {
        try await Testbed.run("net", "up")
        try await Testbed.run("node", "up", name, address, "--base", base)
        try await Testbed.run("node", "wait", name)
        return TestNode(name: name, address: address)
    }

    /// Runs a program on the node and returns however it ended.
    func run(_ command: String..., timeout: Int = 3600, environment: [String: String] = [:]) async throws
        -> CommandResult
    {
        try await run(command, timeout: timeout, environment: environment)
    }

    func run(_ command: [String], timeout: Int = 3600, environment: [String: String] = [:]) async throws
        -> CommandResult
    {
        let settings = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let inside = settings.isEmpty ? command : ["/usr/bin/env"] + settings + command
        return try await runner.run(
            Command(
                Testbed.repository.appending("Tests/Testbed/testbed").string, ["node", "sh", name] + inside,
                timeout: timeout))
    }

    /// As `run`; any status but 0 fails the test with what was printed.
    @discardableResult
    func require(_ command: String..., timeout: Int = 3600) async throws -> String {
        let result = try await run(command, timeout: timeout)
        let printed = result.standardOutput + result.standardError
        try #require(result.status == 0, "\(name): \(command.joined(separator: " ")): \(printed)")
        return result.standardOutput
    }

    /// Expects a program to be refused with a documented exit code.
    func expect(_ category: DiagnosticCategory, _ command: [String], _ location: SourceLocation = #_sourceLocation)
        async throws
    {
        let result = try await run(command)
        #expect(
            result.status == category.exitCode, "\(result.standardOutput)\(result.standardError)",
            sourceLocation: location)
    }

    /// Copies a file of this machine to the node.
    func put(_ source: FilePath, _ destination: String) async throws {
        try await Testbed.run("node", "put", name, source.string, destination)
    }

    /// The node's whole file tree, one line per path with type, mode, owner and content digest.
    func tree() async throws -> [String] {
        try await Testbed.run("tree", name).split(separator: "\n").map(String.init)
    }

    /// SIGKILL for everything on the node at once.
    func cut() async throws { try await Testbed.run("node", "cut", name) }

    /// Boots the same tree again.
    func bootAgain() async throws {
        try await Testbed.run("node", "up", name, address)
        try await Testbed.run("node", "wait", name)
    }

    func remove() async throws { try await Testbed.run("node", "down", name) }

    func kubectl(_ arguments: String..., timeout: Int = 300) async throws -> CommandResult {
        try await run(
            [
                "kubectl", "--cache-dir=/tmp/kubectl", "--request-timeout=10s", "--kubeconfig",
                "/etc/kubernetes/admin.conf",
            ] + arguments,
            timeout: timeout)
    }

    /// Asks until the answer holds. The limit only ends a test that would never pass.
    func eventually(
        _ what: String, attempts: Int = 900, _ holds: () async throws -> Bool,
        _ location: SourceLocation = #_sourceLocation
    ) async throws {
        for _ in 0..<attempts {
            if try await holds() { return }
            try await Task.sleep(for: .seconds(1))
        }
        Issue.record("\(name): \(what) did not come to be", sourceLocation: location)
        throw CancellationError()
    }
}

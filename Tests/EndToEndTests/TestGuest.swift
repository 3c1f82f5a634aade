import Host
import SystemPackage
import Testing

/// A QEMU guest with a kernel and a page cache of its own. At every boot it runs the same commands, then powers off.
struct TestGuest {
    static let address = "10.78.0.10"
    static var isPossible: Bool {
        FileSystem.exists("/usr/bin/qemu-system-x86_64")
    }

    let name: String
    private let checks: [String]

    /// Makes the guest's disk from a bare node tree.
    ///
    /// - Parameters:
    ///   - files: what is carried to it, with the path there.
    ///   - command: run by a shell at every boot.
    ///   - checks: run after it in turn, as long as each ends with status 0.
    static func make(_ name: String, carrying files: [(FilePath, String)], running command: String, checks: [String])
        async throws -> TestGuest
    {
        let guest = TestGuest(name: name, checks: checks)
        try await Testbed.run("vm", "build")
        try await Testbed.run("vm", "down", name)
        try await guest.testbed(
            "disk",
            files.flatMap { ["--put", "\($0.string):\($1)"] } + ["--run", command]
                + checks.flatMap { ["--then", $0] })
        return guest
    }

    func start(memoryMB: Int = 3072, cpus: Int = 2) async throws {
        try await testbed("start", ["--memory", "\(memoryMB)", "--cpus", "\(cpus)"])
    }

    /// Until this boot's console shows a line that the extended regular expression matches.
    func wait(for pattern: String, seconds: Int = 3600) async throws {
        try await testbed("wait", ["--for", pattern, "--timeout", "\(seconds)"], timeout: seconds + 60)
    }

    /// SIGKILL for QEMU: what the guest had not flushed to its disk is gone.
    func cut() async throws { try await testbed("cut") }

    /// This boot's console.
    func console() async throws -> String { try await testbed("log") }

    /// Waits until the guest powered itself off, and expects its command and every check to have ended with 0.
    func expectSuccess(seconds: Int = 7200, _ location: SourceLocation = #_sourceLocation) async throws {
        try await testbed("wait", ["--off", "--timeout", "\(seconds)"], timeout: seconds + 60)
        let console = try await console()
        let succeeded = console.split(separator: "\n").filter {
            $0.hasPrefix("GUEST-RUN-STATUS 0 ") || $0.hasPrefix("GUEST-THEN-STATUS 0 ")
        }
        try #require(succeeded.count == 1 + checks.count, "\(name): \(console)", sourceLocation: location)
    }

    func remove() async throws { try await testbed("down") }

    @discardableResult
    private func testbed(_ action: String, _ options: [String] = [], timeout: Int = 3600) async throws -> String {
        try await Testbed.require(
            [Testbed.repository.appending("Tests/Testbed/testbed").string, "vm", action, name] + options,
            timeout: timeout)
    }
}

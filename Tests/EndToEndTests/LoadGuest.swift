import Host
import SystemPackage
import Testing

/// A QEMU guest that boots in seconds, loads a bundle's images into a containerd whose store is a disk of its own, tells
/// what containerd has then, and powers off. Every boot does the same.
struct LoadGuest {
    /// Which part of the bundle, and which containerd.
    struct Subject: Hashable {
        /// A suite of `testbed containerd`.
        var containerd: String
        var role: String
    }

    let name: String

    /// The suites whose containerd is there.
    static func containerds() async throws -> [String: FilePath] {
        let lines = try await Testbed.run("containerd").split(separator: "\n")
        return Dictionary(
            lines.compactMap { line in
                let words = line.split(separator: " ").map(String.init)
                return words.count == 3 ? (words[0], FilePath(words[2])) : nil
            }, uniquingKeysWith: { first, _ in first })
    }

    static func make(_ name: String, carrying files: TestBundle.Files, containerds: [String: FilePath]) async throws
        -> LoadGuest
    {
        let guest = LoadGuest(name: name)
        try await Testbed.run("vm", "build")
        try await guest.remove()
        let initial = Testbed.repository.appending("Tests/Testbed/load-init")
        try await guest.testbed(
            "disk",
            [
                "--size", "2G", "--init", initial.string, "--put", "\(files.run):/root/bundle.run", "--put",
                "\(files.publicKey):/root/release.pub",
            ] + containerds.sorted { $0.key < $1.key }.flatMap { ["--put", "\($0.value):/opt/\($0.key)"] })
        return guest
    }

    /// An empty store in the place of the one that was there.
    func forget() async throws { try await testbed("data", ["--size", "3G"]) }

    func start(_ subject: Subject, memoryMB: Int = 2048) async throws {
        try await testbed(
            "start",
            ["--memory", "\(memoryMB)", "--set", "containerd=\(subject.containerd)", "--set", "role=\(subject.role)"])
    }

    /// Until this boot's load says that it has begun.
    func waitForLoad() async throws { try await wait("--for", "^load images$") }

    func waitForLoadsEnd() async throws { try await wait("--for", "^GUEST-RUN-STATUS") }

    /// SIGKILL for QEMU: what the guest had not flushed to its disks is gone.
    func cut() async throws { try await testbed("cut") }

    /// This boot's console.
    func console() async throws -> String { try await testbed("log") }

    /// What containerd has after a boot whose load and whose look at all of it succeeded. Sorted.
    func state(_ location: SourceLocation = #_sourceLocation) async throws -> [String] {
        try await wait("--off")
        let console = try await console()
        try #require(
            console.contains("GUEST-RUN-STATUS 0 ") && console.contains("GUEST-STATE-STATUS 0 "), "\(console)",
            sourceLocation: location)
        return console.split(separator: "\n").filter { $0.hasPrefix("STATE ") }.map { Self.trimmed($0) }.sorted()
    }

    func remove() async throws { try await testbed("down") }

    private static func trimmed(_ line: Substring) -> String {
        line.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    private func wait(_ options: String...) async throws {
        try await testbed("wait", options + ["--timeout", "1800"])
    }

    @discardableResult
    private func testbed(_ action: String, _ options: [String] = []) async throws -> String {
        try await Testbed.require(
            [Testbed.repository.appending("Tests/Testbed/testbed").string, "vm", action, name] + options)
    }
}

import BundleModel
import FoundationEssentials
import Host
import SystemPackage
import Testing

extension TestNode {
    static let bundlePath = "/root/k8s.run"
    static let snapshots = "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots"

    /// What these test nodes need and a real one does not: see Tests/Testbed/README.md.
    static let testMachineSettings = """
        {"schemaVersion": 1, "containerd": {"cri": {"restrict_oom_score_adj": true}}}

        """

    /// Carries the one file, the public key and the test machine's settings to the node.
    func carry(_ files: TestBundle.Files) async throws {
        try await put(files.run, Self.bundlePath)
        try await put(files.publicKey, "/root/release.pub")
        let settings = Testbed.runDirectory.appending("tmp/\(name)-node.json")
        try FileSystem.makeDirectories(settings.removingLastComponent())
        try AtomicFile.write(Array(Self.testMachineSettings.utf8), to: settings)
        try await put(settings, "/root/node.json")
    }

    /// The command a person types on a master.
    func masterCommand(_ options: String...) -> [String] {
        [
            Self.bundlePath, "--role", "master", "--trusted-key", "/root/release.pub", "--config", "/root/node.json",
            "--node-ip", address,
        ] + options
    }

    func workerCommand(_ options: String...) -> [String] {
        [
            Self.bundlePath, "--role", "worker", "--trusted-key", "/root/release.pub", "--config", "/root/node.json",
            "--node-ip", address, "--join", "@/root/invite",
        ] + options
    }

    /// Runs an installation to its end.
    func install(_ command: [String], _ location: SourceLocation = #_sourceLocation) async throws {
        let result = try await run(command)
        try #require(
            result.status == 0, "\(name): \(result.standardOutput)\(result.standardError)", sourceLocation: location)
    }

    /// An invite from this master, carried to another node by hand.
    func invite(_ worker: TestNode, _ options: String...) async throws {
        let result = try await run(["node-install", "token", "create", "--role", "worker", "--ttl", "2h"] + options)
        try #require(result.status == 0, "\(result.standardError)")
        try await worker.write(result.standardOutput, to: "/root/invite")
    }

    func write(_ text: String, to path: String) async throws {
        let file = Testbed.runDirectory.appending("tmp/\(name)-\(FilePath(path).lastComponent?.string ?? "file")")
        try FileSystem.makeDirectories(file.removingLastComponent())
        try AtomicFile.write(Array(text.utf8), to: file)
        try await put(file, path)
    }

    /// Waits until the API says that a node is Ready.
    func waitUntilReady(_ nodes: String...) async throws {
        try await eventually("\(nodes.joined(separator: ", ")) Ready") {
            let lines = try await kubectl("get", "nodes", "--no-headers").standardOutput.split(separator: "\n")
            return nodes.allSatisfy { node in
                lines.contains { line in
                    let fields = line.split(separator: " ")
                    return fields.count > 1 && fields[0] == node && fields[1] == "Ready"
                }
            }
        }
    }
}

import Host
import SystemPackage

/// Says, in containerd itself, in which boot an import by ctr was begun that may not be on the disk yet: a label of the
/// namespace, which containerd syncs.
struct ImportMark: Sendable {
    static let label = "kubeferry.import"

    let place: ContainerdPlace
    let runner: any ProcessRunner

    /// Whether the machine has gone down since an import was begun that did not end.
    func isOfAnotherBoot() async throws -> Bool {
        let result = try await runner.run(ctr(["list"]))
        guard result.status == 0, let boot = Self.boot(in: result.standardOutput, of: place.namespace) else {
            return false
        }
        return try boot != bootID()
    }

    func set() async throws {
        let value = try "\(Self.label)=\(bootID())"
        // One that is not there yet cannot be labelled, and one that is there cannot be made.
        if try await runner.run(ctr(["label", place.namespace, value])).status == 0 { return }
        try await runner.require(ctr(["create", place.namespace, value]))
    }

    func clear() async throws {
        try await runner.require(ctr(["label", place.namespace, "\(Self.label)="]))
    }

    /// The mark in what `ctr namespaces list` prints: a name and its labels in each line.
    static func boot(in table: String, of namespace: String) -> String? {
        for line in table.split(separator: "\n") {
            let words = line.split { $0 == " " || $0 == "," || $0 == "\t" }
            guard words.first.map(String.init) == namespace else { continue }
            return words.dropFirst().first { $0.hasPrefix("\(label)=") }.map { String($0.dropFirst(label.count + 1)) }
        }
        return nil
    }

    private func bootID() throws -> String {
        let path = place.root.resolve("/proc/sys/kernel/random/boot_id")
        return try FileSystem.text(path).map { String($0.prefix { $0 != "\n" }) } ?? "unknown"
    }

    private func ctr(_ arguments: [String]) -> Command {
        Command(
            NodePaths.binary("ctr"), place.ctrAddress + ["-n", place.namespace, "namespaces"] + arguments, timeout: 60)
    }
}

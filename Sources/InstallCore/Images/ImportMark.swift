import Containerd
import Host

/// Says, in containerd itself, in which boot an import by ctr was begun that may not be on the disk yet: a label of the
/// namespace, which containerd syncs.
struct ImportMark: Sendable {
    static let label = "kubeferry.import"

    let place: ContainerdPlace

    /// Whether the machine has gone down since an import was begun that did not end.
    func isOfAnotherBoot() async throws -> Bool {
        // A containerd that has never run has none; one that does not answer is a failure.
        guard FileSystem.exists(place.root.resolve(place.socket)), let begun = try await value() else { return false }
        return try begun != bootID()
    }

    func set() async throws {
        let boot = try bootID()
        try await place.connected { try await $0.setNamespaceLabel(Self.label, to: boot) }
    }

    /// Takes it away, if it is there, once all that was imported is on the disk.
    func clear() async throws {
        guard try await value() != nil else { return }
        try await BlockingPool.shared.run { FileSystem.syncAll() }
        try await place.connected { try await $0.setNamespaceLabel(Self.label, to: "") }
    }

    private func value() async throws -> String? {
        try await place.connected { try await $0.namespaceLabels()[Self.label] }
    }

    private func bootID() throws -> String {
        let path = place.root.resolve("/proc/sys/kernel/random/boot_id")
        return try FileSystem.text(path).map { String($0.prefix { $0 != "\n" }) } ?? "unknown"
    }
}

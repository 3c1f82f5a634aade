import ContainerdTestSupport
import TestSupport
import Testing

extension ContainerdInstance {
    static let canRun = RunSettings.isRequired || ContainerdVersion.canRun(ContainerdVersion.preferred)
    static let skipped: Comment = "needs root and containerd (Debian's package, or the test bed's)"

    /// What is there: blobs, snapshots with their kind, leases, image names, open writes. Sorted.
    func contents() async throws -> [String] {
        let state = try await state()
        let snapshots = state.snapshots.map { "snapshot \($0) \($1.parent) \($1.kind)" }
        let blobs = state.content.keys.map { "blob \($0)" }
        let images = state.images.keys.map { "image \($0)" }
        let leases = state.leases.map { "lease \($0)" }
        return (snapshots + blobs + images + leases + state.writes.map { "write \($0)" }).sorted()
    }
}

/// Runs `body` with a containerd that ends with it.
func withContainerd(_ body: (ContainerdInstance) async throws -> Void) async throws {
    try await ContainerdInstance.with(ContainerdVersion.preferred, body)
}

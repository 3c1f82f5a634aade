import BundleModel
import Containerd
import Host

extension ImageRoute {
    /// Takes images out of containerd, whole or not and whichever route brought them, so that nothing of them is believed
    /// the next time.
    ///
    /// - Throws: `InstallError.layersInUse` where something else keeps layers of theirs.
    func forget(_ images: [LockedImage], of bundle: BundleImages) async throws {
        let lock = try await place.lock()
        defer { withExtendedLifetime(lock) {} }
        let traces = try await BlockingPool.shared.run { try bundle.traces(of: images) }
        let kept = try await place.connected { try await ImageLoader($0).forget(traces) }
        guard kept.isEmpty else {
            throw InstallError.layersInUse(kept.map(\.description), namespace: place.namespace)
        }
    }
}

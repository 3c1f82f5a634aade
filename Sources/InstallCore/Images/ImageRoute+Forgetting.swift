import BundleModel
import Containerd
import Host

extension ImageRoute {
    var mark: ImportMark { ImportMark(place: place) }

    /// Images that an import by ctr may have left with empty layers, where the machine has gone down since it began:
    /// all but those whose layers were synced before they got their names. Changes nothing.
    func doubtful(_ images: [LockedImage], of bundle: BundleImages) async throws -> [LockedImage] {
        guard try await mark.isOfAnotherBoot() else { return [] }
        let traces = try await BlockingPool.shared.run { try bundle.traces(of: images) }
        let unproven = try await place.connected { try await ImageLoader($0).unproven(traces) }
        let references = Set(unproven.map(\.reference))
        return images.filter { references.contains($0.reference) }
    }

    /// Forgets those, before any image is loaded.
    ///
    /// - Throws: `InstallError.layersInUse`.
    func forgetDoubtful(of bundle: BundleImages) async throws {
        let images = try await doubtful(bundle.images, of: bundle)
        if !images.isEmpty { try await forget(images, of: bundle) }
    }

    /// Takes images out of containerd, whole or not and whichever route brought them, so that nothing of them is
    /// believed the next time.
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

import BundleModel
import Containerd

/// Through containerd's API. One load or clean-up at a time, over all processes.
struct DirectRoute: ImageRoute {
    let place: ContainerdPlace

    func missing(_ images: [LockedImage], of bundle: BundleImages) async throws -> [LockedImage] {
        let wanted = wanted(images, bundle.claims)
        let missing = try await place.connected { try await ImageLoader($0).missing(wanted) }
        let names = Set(missing.map(\.image.reference))
        return images.filter { names.contains($0.reference) }
    }

    func load(_ images: [LockedImage], of bundle: BundleImages, _ progress: any ProgressSink) async throws {
        let lock = try await place.lock()
        defer { withExtendedLifetime(lock) {} }
        let packs = bundle.packs.map { pack in
            let prefix = pack.prefix(for: bundle.role)
            let content = bundle.content
            return PackedImages(pack.members(in: prefix)) { try content.reader(pack, prefix) }
        }
        let wanted = wanted(images, bundle.claims)
        _ = try await place.connected { try await ImageLoader($0).load(wanted, from: packs, progress: progress) }
    }

    func forget(_ images: [LockedImage]) async throws {
        let lock = try await place.lock()
        defer { withExtendedLifetime(lock) {} }
        let unwanted = wanted(images, TagClaims(images))
        try await place.connected { try await ImageLoader($0).forget(unwanted) }
    }

    private func wanted(_ images: [LockedImage], _ claims: TagClaims) -> [ImageToLoad] {
        images.map { ImageToLoad($0, claims) }
    }
}

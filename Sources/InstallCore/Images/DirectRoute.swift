import BundleModel
import Containerd

/// Through containerd's API. One load or clean-up at a time, over all processes.
struct DirectRoute: ImageRoute {
    let place: ContainerdPlace

    func missing(_ images: [LockedImage], of bundle: BundleImages) async throws -> [LockedImage] {
        let wanted = wanted(images, of: bundle)
        let missing = try await place.connected { try await ImageLoader($0).missing(wanted) }
        let names = Set(try await missing.map(\.image.reference) + doubtful(images, of: bundle).map(\.reference))
        return images.filter { names.contains($0.reference) }
    }

    func load(_ images: [LockedImage], of bundle: BundleImages, _ progress: any ProgressSink) async throws {
        try await forgetDoubtful(of: bundle)
        let lock = try await place.lock()
        defer { withExtendedLifetime(lock) {} }
        let packs = bundle.packs.map { pack in
            let prefix = pack.prefix(for: bundle.role)
            let content = bundle.content
            return PackedImages(pack.members(in: prefix)) { try content.reader(pack, prefix) }
        }
        let wanted = wanted(images, of: bundle)
        _ = try await place.connected { try await ImageLoader($0).load(wanted, from: packs, progress: progress) }
        // What an import by ctr made in this boot, and did not end, is on the disk with it.
        try await mark.clear()
        let all = self.wanted(bundle.images, of: bundle)
        try await place.connected { try await ImageLoader($0).awaitKubernetes(all) }
    }

    private func wanted(_ images: [LockedImage], of bundle: BundleImages) -> [ImageToLoad] {
        let claims = bundle.claims
        return images.map { ImageToLoad($0, claims) }
    }
}

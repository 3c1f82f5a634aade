import BundleModel
import Containerd

/// Through containerd's API. One load or clean-up at a time, over all processes.
struct DirectRoute: ImageRoute {
    let place: ContainerdPlace

    func missing(_ images: [LockedImage], of bundle: BundleImages) async throws -> [LockedImage] {
        let missing = try await place.connected { try await ImageLoader($0).missing(images.map(ImageToLoad.init)) }
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
        _ = try await place.connected {
            try await ImageLoader($0).load(images.map(ImageToLoad.init), from: packs, progress: progress)
        }
        // What an import by ctr made in this boot, and did not end, is on the disk with it.
        try await mark.clear()
    }
}

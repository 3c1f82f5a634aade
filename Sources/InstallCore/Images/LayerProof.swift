import Archive
import BundleModel
import Containerd
import Host
import Payload

/// Whether containerd has the layers that a delta leaves out, made by this program and verified then. Changes nothing.
struct LayerProof: Sendable {
    let bundle: BundleImages

    private struct Layer: Hashable, Sendable {
        var diffID: SHA256Digest
        var chain: SHA256Digest
        /// As published, for an image that keeps it.
        var blob: OCIDescriptor?
    }

    /// - Returns: what is not there for images of the bundle's role, a sentence each.
    func gaps(by chooser: ImageRouteChooser) async throws -> [String] {
        let bundle = bundle
        let layers = try await BlockingPool.shared.run { try Self.layers(bundle) }
        guard !layers.isEmpty else { return [] }
        let way: ImageRouteChooser.Route
        do {
            way = try await chooser.choose()
        } catch let error as ContainerdError {
            guard case .unreachable = error else { throw error }
            return [error.message]
        }
        guard way.route is DirectRoute else {
            return ["ctr loads whole images only" + (way.reason.map { ", and has to: \($0)" } ?? "")]
        }
        if try await way.route.mark.isOfAnotherBoot() {
            return ["the machine went down during an import by ctr, and what it left is not believed"]
        }
        return try await chooser.place.connected { try await Self.gaps(layers, ImageLoader($0)) }
    }

    private static func gaps(_ layers: [Layer], _ loader: ImageLoader) async throws -> [String] {
        var gaps: [String] = []
        for layer in layers {
            if let gap = try await loader.gap(layer.diffID, in: layer.chain, keeping: layer.blob) { gaps.append(gap) }
        }
        return gaps
    }

    /// What has to be there, each once, by the images' own documents, which every bundle has. Blocks.
    private static func layers(_ bundle: BundleImages) throws -> [Layer] {
        var found: [Layer] = []
        var seen: Set<Layer> = []
        for pack in bundle.packs {
            let omitted = Set((pack.omitted ?? []).map(\.path))
            guard !omitted.isEmpty else { continue }
            let catalog = try ImageCatalog.read(bundle.images, from: pack, for: bundle.role, in: bundle.content)
            for image in catalog.images {
                for (layer, chain) in zip(image.layers, ChainID.chains(image.layers.map(\.diffID)))
                where omitted.contains(layer.member.path) {
                    let blob = image.locked.layers == .original ? layer.blob : nil
                    let wanted = Layer(diffID: layer.diffID, chain: chain, blob: blob)
                    if seen.insert(wanted).inserted { found.append(wanted) }
                }
            }
        }
        return found
    }
}

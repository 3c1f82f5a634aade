public import BundleModel
public import Payload
import Signing
import SystemPackage

/// What nodes have of a whole bundle that was installed there: what a delta to it may leave out.
public struct BaseContent: Sendable {
    /// As a delta's index names it.
    public let base: Base
    let architecture: CPUArchitecture
    let images: ImageHoldings
    /// Where it is.
    let files: [FilePath]
    private let packs: [Pack]

    /// Reads the images' documents. Blocks.
    ///
    /// - Parameter bundle: believed by whoever asks for the delta.
    /// - Throws: `BundleBuildError.isDelta`, `PayloadError`, `ArchiveError`.
    public init(_ bundle: BundleFile) throws {
        if let base = bundle.index.base {
            throw BundleBuildError.isDelta(path: bundle.path.string, base: base)
        }
        base = Base(bundle.index, digest: SHA256Hasher.hash(bundle.indexBytes))
        architecture = bundle.index.architecture
        images = try ImageHoldings(bundle)
        files = bundle.volumes
        packs = bundle.index.packs
    }

    /// The members of a pack that the same nodes read, by path.
    func members(
        of name: String, _ content: Pack.Content, _ selector: Pack.Selector
    ) -> [String: Pack.Member] {
        let pack = packs.first { $0.name == name && $0.content == content && $0.selector == selector }
        return Dictionary((pack?.members ?? []).map { ($0.path, $0) }) { first, _ in first }
    }

    /// - Throws: `BundleBuildError.badOption` where no node can have both.
    func require(_ result: CPUArchitecture) throws {
        guard architecture == result else {
            throw BundleBuildError.badOption(
                "base", value: base.text,
                expected: "a bundle for \(result.rawValue), and this one is for \(architecture.rawValue)")
        }
    }
}

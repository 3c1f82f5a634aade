import Archive
import BundleModel

extension BundleMaker {
    /// What the index will say of the content.
    static func lock(of content: GatheredContent, _ options: MakeOptions) -> Lock {
        Lock(
            tools: options.tools, compression: options.compression,
            artifacts: content.entries,
            images: content.images.map(\.entry).sorted {
                $0.reference.description < $1.reference.description
            },
            charts: content.rendered.isEmpty ? nil : content.rendered.map(\.entry).sorted { $0.name < $1.name })
    }

    /// The list of everything, for every node.
    static func sbom(of content: GatheredContent, lock: Lock, frame: Frame) throws -> PackSource {
        let sbom = SBOM(
            lock: lock, release: content.release, architecture: frame.architecture, productLine: frame.productLine,
            createdAt: SourceDate.text(frame.createdAt),
            controlPlaneLicense: try VersionMatrix.embedded().imageLicense)
        return .bytes(path: SBOM.path, mode: 0o644, content: try sbom.spdx())
    }
}

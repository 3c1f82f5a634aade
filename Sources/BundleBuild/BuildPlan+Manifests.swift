import BundleModel
import Host
import SystemPackage

extension BuildPlan {
    /// With the images of the operator's own manifests, which are on this machine already, and who names each of those
    /// that the plan had not. What the operator's charts name is known when they are rendered: the notes say so.
    ///
    /// - Throws: `HostError.unreadableInput`, `BundleBuildError.unreadable`, `ImageReferenceError`.
    public func readingManifests() throws -> (plan: BuildPlan, mentions: [ImageMention]) {
        let mentions = try manifests.flatMap { manifest in
            let text = String(decoding: try FileSystem.readInput(FilePath(manifest.path)), as: UTF8.self)
            return try ManifestImages.list(in: text, path: manifest.path).map {
                ImageMention($0, namedBy: "manifest \(manifest.path)")
            }
        }
        var plan = self
        var selection = ImageSelection(images)
        selection.add(mentions)
        plan.images = selection.images
        plan.notes += charts.map { "chart \($0.name): 'make' learns its images when it is rendered" }
        let known = Set(images.map(\.reference))
        return (plan, mentions.filter { !known.contains($0.reference) })
    }
}

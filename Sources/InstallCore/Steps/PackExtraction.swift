import Archive
import BundleModel
import Host

/// Unpacks one pack of a bundle below a root.
struct PackExtraction: Sendable {
    let content: any BundleContent
    let pack: Pack
    let root: HostRoot

    /// Blocks. `willReplace` is called with a file's relative path before it is put in place.
    func run(progress: any ProgressSink, willReplace: (String) throws -> Void) throws {
        _ = try SafeExtractor(root: root.path).extract(
            content.reader(pack, pack.whole), members: pack.members, progress: progress, willReplace: willReplace)
    }
}

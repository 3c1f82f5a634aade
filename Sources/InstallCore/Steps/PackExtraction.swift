import Archive
import BundleModel
import Host

/// Unpacks one pack of a bundle below a root.
struct PackExtraction: Sendable {
    let content: any BundleContent
    let pack: Pack
    let root: HostRoot
    /// Whether the pack that goes on with this one's stream is read soon.
    var goesOn = false

    /// Blocks. `willReplace` is called with a file's relative path before it is put in place.
    func run(progress: any ProgressSink, willReplace: (String) throws -> Void) throws {
        let reader = try content.reader(pack, pack.whole)
        _ = try SafeExtractor(root: root.path).extract(
            reader, members: pack.members, progress: progress, willReplace: willReplace)
        if goesOn { content.keep(reader) }
    }
}

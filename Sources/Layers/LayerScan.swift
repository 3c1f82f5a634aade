public import Archive
import BundleModel

/// What can be said of a layer without unpacking it: whether its tar is one that `LayerUnpacker` handles.
///
/// A few things show only on the file system (a path over two links, a hard link to nothing); there `LayerUnpacker`
/// still throws `LayerError`.
public struct LayerScan: Equatable, Sendable {
    public enum Verdict: Equatable, Sendable {
        case direct
        /// Left to containerd, for this reason.
        case unsupported(String)
        /// containerd refuses it, for this reason.
        case refused(String)
    }

    public let verdict: Verdict
    /// Its entries are those before the one that decided.
    public let summary: LayerSummary

    /// Reads the source to its end. Blocks.
    ///
    /// - Throws: what the source throws.
    public init(_ source: any ByteSource) throws {
        let feed = BlockFeed(source)
        defer { feed.stop() }
        let reader = LayerReader(feed)
        do {
            while let entry = try reader.next() { try entry.check(rootLength: 0) }
            verdict = .direct
        } catch LayerError.unsupported(let reason) {
            verdict = .unsupported(reason)
        } catch LayerError.refused(let reason) {
            verdict = .refused(reason)
        }
        let (diffID, size) = try feed.drain()
        summary = LayerSummary(diffID: diffID, size: size, entries: reader.entries)
    }
}

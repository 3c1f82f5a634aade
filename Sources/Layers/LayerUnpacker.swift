public import Archive
import BundleModel
public import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// Writes the members of an image layer's tar below a folder, with exactly the result that containerd's own unpacking
/// has there.
///
/// With lower layers the folder is an overlay's upper one: whiteouts become devices 0:0, opaque folders get their
/// attribute, and folders that the tar does not list get their attributes from below. Without, it is the lowest layer:
/// whiteouts take away what the same tar brought before.
///
/// Needs root. Everything is reached by descriptors below the folder, and no link is followed by the kernel: whatever
/// the tar holds, nothing outside the folder is written. Nothing is synced; the caller does that once for all.
public struct LayerUnpacker: Sendable {
    private let upper: FileDescriptor
    private let lowers: [FilePath]

    /// - Parameters:
    ///   - upper: the folder to fill, open for reading. Stays the caller's.
    ///   - lowers: the lower layers' folders, topmost first.
    public init(upper: FileDescriptor, lowers: [FilePath]) {
        self.upper = upper
        self.lowers = lowers
    }

    /// Reads the source to its end, on a thread of its own that hashes too, while this one writes. Blocks.
    ///
    /// - Throws: `LayerError`, after which the folder holds a part of the layer, and what the source throws.
    public func unpack(_ source: any ByteSource) throws -> LayerSummary {
        let writer = try LayerWriter(upper: upper, lowers: lowers)
        let feed = BlockFeed(source)
        defer { feed.stop() }
        let reader = LayerReader(feed)
        while let entry = try reader.next() { try writer.write(entry, from: reader) }
        try writer.finish()
        let (diffID, size) = try feed.drain()
        return LayerSummary(diffID: diffID, size: size, entries: reader.entries)
    }
}

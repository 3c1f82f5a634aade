public import Archive
public import BundleModel

/// The bundle as steps see it: the index that was trusted, and packs to read.
public protocol BundleContent: Sendable {
    var index: BundleIndex { get }
    /// A pack's members, as far as the prefix goes; each chunk is checked as it is read.
    func reader(_ pack: Pack, _ prefix: Pack.Prefix) throws -> PackReader
    /// Takes a reader that has read all of its pack: a later `reader` of the pack that goes on with the stream begins
    /// where it stopped. Until then, or until nil takes its place, it has the memory of the stream's window.
    func keep(_ reader: PackReader?)
    /// Reads and checks every chunk of some packs that nodes of a role read, on all cores.
    func verify(_ packs: [Pack], for role: NodeRole, progress: any ProgressSink) async throws
    /// The running program without a payload, to be kept on the node.
    ///
    /// - Throws: where it is not what its own index says.
    func executable() throws -> [UInt8]
    /// What `executable`'s bytes are: their size and digest.
    func executableHead() throws -> Head
}

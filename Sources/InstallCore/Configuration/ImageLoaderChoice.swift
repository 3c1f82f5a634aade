/// How images get into containerd: `--image-loader`.
public enum ImageLoaderChoice: String, Codable, Hashable, Sendable, CaseIterable {
    /// Directly where that works, else by ctr with a warning.
    case auto
    /// Through containerd's API: layers are unpacked onto their snapshots, digests are kept, no blobs of layers stay.
    case direct
    /// `ctr images import` of a layout that is made while the pack is read: takes longer and twice the disk.
    case ctr
}

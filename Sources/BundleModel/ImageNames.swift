/// The names by which nodes know an image: its records in containerd.
public struct ImageNames: Hashable, Sendable {
    /// `NAME:TAG`; nil for an image without a tag, and where the tag is another image's.
    public let tag: String?
    /// `NAME@DIGEST`
    public let digest: String

    public var all: [String] { (tag.map { [$0] } ?? []) + [digest] }
}

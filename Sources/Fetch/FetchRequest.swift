public import BundleModel

/// A file to be fetched.
public struct FetchRequest: Hashable, Sendable {
    /// How its content is known before it is there.
    public enum Expectation: Hashable, Sendable {
        case sha256(SHA256Digest, proof: UpstreamProof)
        /// A checksum file that upstream publishes at this address.
        case published(url: String)
    }

    /// For progress and messages: `kubelet`.
    public var name: String
    public var url: String
    public var expectation: Expectation
    /// Sent as Authorization, and never to another host.
    public var authorization: String?
    /// Bytes, where they are known before.
    public var size: UInt64?

    public init(
        name: String, url: String, expectation: Expectation, authorization: String? = nil, size: UInt64? = nil
    ) {
        self.name = name
        self.url = url
        self.expectation = expectation
        self.authorization = authorization
        self.size = size
    }
}

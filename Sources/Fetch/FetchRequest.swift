public import BundleModel

/// A file to be fetched.
public struct FetchRequest: Hashable, Sendable {
    /// How its content is known before it is there.
    public enum Expectation: Hashable, Sendable {
        case sha256(SHA256Digest, proof: UpstreamProof)
        /// A checksum file that upstream publishes at this address; its mirrors are asked after it.
        case published(url: String, mirrors: [String] = [])
    }

    /// For progress and messages: `kubelet`.
    public var name: String
    /// The canonical address, then those of mirrors in the order in which they are asked. Never empty.
    public private(set) var urls: [String]
    public var expectation: Expectation
    /// Sent as Authorization to the host of the first address, and never to another.
    public var authorization: String?
    /// Bytes, where they are known before.
    public var size: UInt64?

    /// The canonical address.
    public var url: String { urls.first ?? "" }

    /// - Parameter urls: at least one; none is a programming error.
    public init(
        name: String, urls: [String], expectation: Expectation, authorization: String? = nil, size: UInt64? = nil
    ) {
        precondition(!urls.isEmpty, "a file is fetched from somewhere")
        self.name = name
        self.urls = urls
        self.expectation = expectation
        self.authorization = authorization
        self.size = size
    }

    public init(
        name: String, url: String, expectation: Expectation, authorization: String? = nil, size: UInt64? = nil
    ) {
        self.init(name: name, urls: [url], expectation: expectation, authorization: authorization, size: size)
    }
}

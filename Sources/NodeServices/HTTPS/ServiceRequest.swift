public import BundleModel

/// What an HTTPS server of ours hands to its handler.
public struct ServiceRequest: Hashable, Sendable {
    public var method: String
    public var path: String
    public var body: [UInt8]
    /// SHA-256 of the public key that the other side has proven to hold.
    public var peer: SHA256Digest
    /// The other side's numeric address.
    public var source: String

    public init(method: String, path: String, body: [UInt8], peer: SHA256Digest, source: String) {
        self.method = method
        self.path = path
        self.body = body
        self.peer = peer
        self.source = source
    }
}

public import BundleModel
import Host
public import NIOSSL
import Signing
public import SystemPackage

/// A certificate with its private key, to show to the other side.
public struct TLSIdentity: Sendable {
    public let chain: [NIOSSLCertificate]
    public let key: NIOSSLPrivateKey
    /// SHA-256 of the first certificate's SubjectPublicKeyInfo.
    public let keyDigest: SHA256Digest

    /// - Parameters:
    ///   - pem: certificates, the own one first, and the private key, in any order.
    ///   - source: names where it came from, for the error.
    /// - Throws: `NodeServicesError.badCredentials`.
    public init(pem: [UInt8], source: String) throws {
        do {
            chain = try NIOSSLCertificate.fromPEMBytes(pem)
            key = try NIOSSLPrivateKey(bytes: pem, format: .pem)
            guard let first = chain.first else {
                throw NodeServicesError.badCredentials(path: source, reason: "no certificate in it")
            }
            keyDigest = try first.keyDigest()
        } catch let error as NIOSSLError {
            throw NodeServicesError.badCredentials(path: source, reason: "\(error)")
        }
    }

    /// Reads one file that holds both, as kubelet's own `kubelet-client-current.pem`.
    public init(file: FilePath) throws {
        try self.init(pem: try FileSystem.read(file, limit: 1 << 20), source: file.string)
    }
}

extension NIOSSLCertificate {
    /// SHA-256 of the SubjectPublicKeyInfo.
    func keyDigest() throws -> SHA256Digest {
        SHA256Hasher.hash(try extractPublicKey().toSPKIBytes())
    }
}

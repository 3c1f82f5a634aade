import Host
public import NIOSSL
public import SystemPackage

/// How a client knows that it speaks with the right server.
public enum ServerTrust: Sendable {
    /// A certificate for the server's address, signed by one of these.
    case authorities([NIOSSLCertificate])
    /// A certificate with this key; its names and dates do not matter.
    case pin(PublicKeyPin)

    /// - Throws: `NodeServicesError.badCredentials`, `HostError.system`.
    public static func authorities(file: FilePath) throws -> ServerTrust {
        try authorities(pem: FileSystem.read(file, limit: 1 << 20), source: file.string)
    }

    /// - Parameter source: names where it came from, for the error.
    public static func authorities(pem: [UInt8], source: String) throws -> ServerTrust {
        do {
            return .authorities(try NIOSSLCertificate.fromPEMBytes(pem))
        } catch let error as NIOSSLError {
            throw NodeServicesError.badCredentials(path: source, reason: "\(error)")
        }
    }
}

import Host
import Signing
public import SystemPackage

/// This node's own key, made on its first run: an invite binds to it.
public enum NodeIdentity {
    public static let fileName = "node-key.pem"
    private static let validDays = 36_500

    /// Reads the key, or makes it, 0600, with the self-signed certificate that carries it through TLS.
    ///
    /// - Parameter stateDirectory: is made, 0700, when missing.
    /// - Throws: `HostError`, `NodeServicesError.badCredentials`, `SigningError`.
    public static func loadOrMake(stateDirectory: FilePath) throws -> TLSIdentity {
        let file = stateDirectory.appending(fileName)
        if FileSystem.exists(file) { return try TLSIdentity(file: file) }
        try FileSystem.makeDirectories(stateDirectory, mode: 0o700)
        let made = try SelfSignedCertificate.generate(
            commonName: "kubeferry node", ipAddresses: [], validDays: validDays)
        try AtomicFile.write(made.privateKeyPEM + made.certificatePEM, to: file, mode: 0o600)
        return try TLSIdentity(file: file)
    }
}

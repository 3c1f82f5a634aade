import Host
public import Signing
public import SystemPackage

/// Who signs: a key that is at hand, or a program that has one.
public enum BundleSigner: Sendable {
    case key(SigningKey)
    case program(ExternalSigner)

    /// What the signatures are verified with.
    public var verifyingKey: VerifyingKey {
        switch self {
        case .key(let key): key.verifyingKey
        case .program(let signer): signer.verifyingKey
        }
    }

    /// The signature over a file's exact bytes. One that a program made was verified.
    ///
    /// - Throws: `HostError`, `SigningError`.
    public func signature(of file: FilePath) async throws -> BundleSignature {
        let bytes = try FileSystem.readInput(file)
        switch self {
        case .key(let key): return try key.signature(over: bytes)
        case .program(let signer): return try await signer.signature(of: file, holding: bytes)
        }
    }
}

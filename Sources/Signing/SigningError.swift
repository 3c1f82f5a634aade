public import BundleModel
import SystemPackage

/// What can be wrong with keys, signatures and certificates.
public indirect enum SigningError: Error, Equatable {
    /// Nothing signs the index.
    case unsigned
    /// Valid signatures, but by none of the trusted keys. `offered`: the fingerprints of the keys that signed.
    case untrusted(offered: [SHA256Digest])
    /// The only trusted signer is revoked.
    case revoked(SHA256Digest)
    /// A signature that does not belong to these bytes.
    case invalid(keyID: String)
    /// Bytes that are not a key (or certificate) of the kind that is needed. `found`: what they look like.
    case badKey(expected: String, found: String)
    /// An encrypted key and no passphrase.
    case passphraseNeeded
    /// An encrypted key that this passphrase does not open.
    case wrongPassphrase
    /// A passphrase for a new key that is too short to protect it.
    case weakPassphrase(characters: Int)
    /// What is wrong with a file.
    case inFile(String, SigningError)
    /// A key statement that cannot be read, or is of a newer schema.
    case badStatement(String)
    /// A program that was to sign gave something that is no signature by the key that was named with it.
    case badSigner(command: String, reason: String)
    /// A signature is to be added where this key's stands already.
    case signedAlready(keyID: String)
    /// A file could not be read. `errno` as in errno(3).
    case system(String, path: String, errno: Int32)
    /// libcrypto refused something that has no reason to fail.
    case library(call: String, reason: String)
}

extension SigningError {
    /// Adds the file's name to what is wrong with it.
    public static func naming<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let error as SigningError { throw inFile(path, error) }
    }
}

extension SigningError: Diagnostic {
    public var category: DiagnosticCategory {
        switch self {
        case .unsigned, .invalid, .badSigner: .signatureInvalid
        case .untrusted: .untrustedKey
        case .revoked: .revokedKey
        case .badKey, .passphraseNeeded, .wrongPassphrase, .weakPassphrase, .badStatement, .signedAlready:
            .invalidInput
        case .inFile(_, let error): error.category
        case .system(_, _, let errno): Errno(rawValue: errno) == .noSpace ? .noSpace : .invalidInput
        case .library: .internal
        }
    }

    public var message: String {
        switch self {
        case .unsigned: "the bundle carries no signature; expected one by a trusted key"
        case .untrusted(let offered):
            "signed by keys that are not trusted here: " + offered.map(KeyFingerprint.text).joined(separator: ", ")
        case .revoked(let fingerprint): "signed by \(KeyFingerprint.text(fingerprint)), which is revoked"
        case .invalid(let keyID): "the signature of key \(keyID) does not match what it should cover"
        case .badKey(let expected, let found): "expected \(expected), found \(found)"
        case .passphraseNeeded: "the key is encrypted and no passphrase was given"
        case .wrongPassphrase: "the passphrase does not open the key"
        case .weakPassphrase(0): "the passphrase is empty, expected at least \(SigningKey.minimumPassphrase) characters"
        case .weakPassphrase(let characters):
            "the passphrase has \(characters) characters, expected at least \(SigningKey.minimumPassphrase)"
        case .inFile(let path, let error): "\(path): \(error.message)"
        case .badStatement(let reason): "not a key statement: \(reason)"
        case .badSigner(let command, let reason): "the signer '\(command)' \(reason)"
        case .signedAlready(let keyID): "a valid signature of key \(keyID) is there already"
        case .system(let call, let path, let errno): "\(call) \(path): \(Errno(rawValue: errno))"
        case .library(let call, let reason): "libcrypto: \(call) failed: \(reason)"
        }
    }

    public var hint: String {
        switch self {
        case .unsigned: "sign it with 'bundler sign' and 'bundler attach'"
        case .untrusted(let offered):
            "compare the fingerprint with the one its maker gave you, then add --trusted-key "
                + (offered.first.map(KeyFingerprint.text) ?? "SHA256:FINGERPRINT")
        case .revoked: "get a bundle that is signed by the key's successor"
        case .invalid: "copy the file again; if it stays, do not use it"
        case .passphraseNeeded, .wrongPassphrase, .weakPassphrase:
            "give one by --passphrase-file FILE, KUBEFERRY_PASSPHRASE, or the prompt that comes without both"
        case .badKey: "give a file of 'bundler keygen': NAME.key signs, NAME.pub is to be trusted"
        case .inFile(_, let error): error.hint
        case .badStatement: "get it again from whoever made it"
        case .badSigner:
            "it has to print the raw Ed25519 signature (64 bytes, or their base64) over the file that its last "
                + "argument names, by the key whose public half --signer-key has"
        case .signedAlready: "nothing is left to do; 'bundler verify' checks it"
        case .system: category == .noSpace ? "free space there" : "check the path and who may read it"
        case .library: "run the same command again; if it fails again, report it with this message"
        }
    }
}

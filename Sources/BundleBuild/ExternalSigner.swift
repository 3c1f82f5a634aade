import FoundationEssentials
public import Host
public import Signing
import SystemPackage

/// A program that signs with a key which this one never sees: a hardware module's tool, an agent, a script.
///
/// It is run without a shell. Its last argument is the path of the file to sign, and it prints the raw Ed25519
/// signature over that file's bytes, 64 bytes, or their base64. Nothing that it prints is used before it was verified.
public struct ExternalSigner: Sendable {
    /// Seconds.
    public static let defaultTimeout = 120

    /// The program and its first arguments.
    public let command: [String]
    /// The public half of the key that it signs with.
    public let verifyingKey: VerifyingKey
    /// Seconds that one signature may take.
    public let timeout: Int
    private let runner: any ProcessRunner

    /// - Parameters:
    ///   - command: words with blanks between them; quotes and variables mean nothing.
    ///   - key: what its signatures are verified with.
    /// - Throws: `BundleBuildError.badOption` for a command without a word.
    public init(
        _ command: String, key: VerifyingKey, timeout: Int = ExternalSigner.defaultTimeout,
        runner: any ProcessRunner = SystemProcessRunner()
    ) throws(BundleBuildError) {
        self.command = command.split(whereSeparator: \.isWhitespace).map(String.init)
        guard !self.command.isEmpty else {
            throw .badOption("--signer", value: command, expected: "a program and its arguments")
        }
        verifyingKey = key
        self.timeout = timeout
        self.runner = runner
    }

    /// - Parameters:
    ///   - file: what the program is to sign.
    ///   - bytes: what that file holds, as its reader saw it: another content is then no valid signature.
    /// - Throws: `SigningError.badSigner`; `HostError` when the program fails or does not end.
    func signature(of file: FilePath, holding bytes: [UInt8]) async throws -> BundleSignature {
        let words = command + [file.string]
        let run = Command(words[0], Array(words.dropFirst()), timeout: timeout, outputLimit: 64 << 10)
        let output = try await runner.require(run).outputBytes
        guard let signature = Self.signature(in: output) else {
            throw SigningError.badSigner(
                command: run.description,
                reason: "printed \(output.count) bytes, expected a signature of \(BundleSignature.byteCount)")
        }
        guard verifyingKey.isValid(signature: signature, over: bytes) else {
            throw SigningError.badSigner(
                command: run.description,
                reason: "gave a signature of something else, or not by key \(verifyingKey.keyID)")
        }
        return BundleSignature(keyID: verifyingKey.keyID, signature: signature, publicKey: verifyingKey)
    }

    /// 64 bytes as they are, or their base64 in lines of any length.
    private static func signature(in output: [UInt8]) -> [UInt8]? {
        if output.count == BundleSignature.byteCount { return output }
        let text = output.filter { !" \t\r\n".utf8.contains($0) }
        guard let decoded = Data(base64Encoded: Data(text)), decoded.count == BundleSignature.byteCount else {
            return nil
        }
        return Array(decoded)
    }
}

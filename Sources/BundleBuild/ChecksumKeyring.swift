import BundleModel
import FoundationEssentials
public import Host
public import SystemPackage

/// Keys that one upstream's clear-signed checksum files are checked with, by gpgv.
public struct ChecksumKeyring: Sendable {
    private let path: FilePath
    private let runner: any ProcessRunner

    /// - Parameter path: OpenPGP public keys, binary or in ASCII armour.
    public init(_ path: FilePath, runner: any ProcessRunner = SystemProcessRunner()) {
        self.path = path
        self.runner = runner
    }

    /// - Parameters:
    ///   - message: a checksum file.
    ///   - source: where it came from, for messages.
    /// - Throws: `BundleBuildError.badChecksumSignature`; `HostError` where there is no gpgv or no such keyring.
    public func verify(_ message: String, source: String) async throws -> ClearSignedSums {
        guard ClearSignedSums.isClaimed(by: message) else {
            throw BundleBuildError.badChecksumSignature(source: source, reason: "it is not clear-signed")
        }
        let keys = try OpenPGPKeys(FileSystem.readInput(path, limit: 16 << 20), path: path)
        let folder = FilePath(FileManager.default.temporaryDirectory.path)
            .appending("kubeferry-keyring-\(UUID().uuidString)")
        try FileSystem.makeDirectories(folder, mode: 0o700)
        defer { try? FileManager.default.removeItem(atPath: folder.string) }
        let keyring = folder.appending("keys.gpg")
        try AtomicFile.write(keys.packets, to: keyring, mode: 0o600)
        let bytes = Array(message.utf8)
        let result = try await runner.run(
            Command(
                "gpgv",
                ["--homedir", folder.string, "--keyring", keyring.string, "--status-fd", "2", "--output", "-", "-"],
                input: .stream { input in _ = try input.writeAll(bytes) }))
        return try Self.sums(result, source: source)
    }

    /// Status lines of signatures that gpgv itself lets pass.
    private static let faults = [
        "EXPKEYSIG": "its key has expired", "REVKEYSIG": "its key was revoked", "EXPSIG": "the signature has expired",
    ]

    /// gpgv prints the text before it knows whether the signature is good: its status lines decide.
    private static func sums(_ result: CommandResult, source: String) throws(BundleBuildError) -> ClearSignedSums {
        let mark = "[GNUPG:] "
        let lines = result.standardError.split(separator: "\n")
        let status = lines.filter { $0.hasPrefix(mark) }.map { $0.dropFirst(mark.count).split(separator: " ") }
        let isGood = status.contains { $0.first == "GOODSIG" }
        guard result.status == 0, isGood, let signer = status.first(where: { $0.first == "VALIDSIG" })?.last else {
            let said = lines.filter { !$0.hasPrefix(mark) }.joined(separator: "; ")
            let fault = status.compactMap { words in words.first.flatMap { faults[String($0)] } }.first
            throw .badChecksumSignature(source: source, reason: fault ?? "gpgv says: \(said)")
        }
        return ClearSignedSums(text: result.standardOutput, signer: String(signer))
    }
}

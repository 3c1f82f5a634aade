import FoundationEssentials
public import Host
public import SystemPackage

/// Keys that one upstream's clear-signed checksum files are checked with, by gpgv.
public struct ChecksumKeyring: Sendable {
    private let path: FilePath
    private let runner: any ProcessRunner

    /// - Parameter path: OpenPGP public keys, binary or in ASCII armour.
    public init(_ path: FilePath, runner: any ProcessRunner = SystemProcessRunner()) {
        // gpgv takes a name without a slash for one in its own folder.
        self.path =
            path.isAbsolute ? path : FilePath(FileManager.default.currentDirectoryPath).pushing(path)
        self.runner = runner
    }

    /// - Parameters:
    ///   - message: a checksum file.
    ///   - source: where it came from, for messages.
    /// - Throws: `BundleBuildError.badChecksumSignature`; `HostError` where there is no gpgv or no such keyring.
    public func verify(_ message: [UInt8], source: String) async throws -> ClearSignedSums {
        let signature = ArchiveSignature(
            keyrings: [path], keys: [], fingerprints: [],
            folder: FilePath(FileManager.default.temporaryDirectory.path), runner: runner)
        do {
            let (text, signer) = try await signature.signed(message, url: source)
            return ClearSignedSums(text: String(decoding: text, as: UTF8.self), signer: signer)
        } catch BundleBuildError.badArchive(let url, let reason) {
            throw BundleBuildError.badChecksumSignature(source: url, reason: reason)
        }
    }
}

import Host
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// A key that archives are signed with, by the real gpg in a folder of its own.
struct ArchiveKey {
    static var toolsArePresent: Bool { ["gpg", "gpgv"].allSatisfy { access("/usr/bin/\($0)", X_OK) == 0 } }

    /// What gpgv needs of it.
    let keyring: FilePath
    /// The same as text.
    let armored: FilePath
    let fingerprint: String
    private let folder: FilePath
    private let runner = SystemProcessRunner()

    /// - Parameter folder: a short path: gpg has a socket in it.
    init(_ folder: FilePath, name: String = "archive") async throws {
        self.folder = folder
        keyring = folder.appending("public.gpg")
        armored = folder.appending("public.asc")
        try FileSystem.makeDirectories(folder, mode: 0o700)
        let gpg = ["--batch", "--quiet", "--homedir", folder.string]
        try await runner.require(
            Command(
                "gpg",
                gpg + [
                    "--passphrase", "", "--quick-generate-key", "\(name) <\(name)@example.org>", "ed25519", "sign",
                    "never",
                ]))
        try await runner.require(Command("gpg", gpg + ["--output", keyring.string, "--export"]))
        try await runner.require(Command("gpg", gpg + ["--output", armored.string, "--armor", "--export"]))
        let listed = try await runner.require(Command("gpg", gpg + ["--with-colons", "--list-keys"])).standardOutput
        let line = listed.split(separator: "\n").first { $0.hasPrefix("fpr:") } ?? ""
        fingerprint = line.split(separator: ":").last.map(String.init) ?? ""
    }

    func clearSign(_ text: FilePath, to output: FilePath) async throws {
        try await gpg(["--digest-algo", "SHA512", "--output", output.string, "--clear-sign", text.string])
    }

    func sign(_ text: FilePath, to output: FilePath) async throws {
        try await gpg(["--output", output.string, "--armor", "--detach-sign", text.string])
    }

    private func gpg(_ arguments: [String]) async throws {
        try await runner.require(
            Command("gpg", ["--batch", "--yes", "--quiet", "--homedir", folder.string] + arguments))
    }
}

import Host
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// A key of real gpg, in a folder of its own.
struct OpenPGPSigner {
    static var isAvailable: Bool {
        ["gpg", "gpgv"].allSatisfy { access("/usr/bin/\($0)", X_OK) == 0 }
    }

    private let home: FilePath
    /// Before each of gpg's commands: the time that it takes for today.
    private let clock: [String]

    /// - Parameter time: `20200101T000000`: the key is made then, for a day, and signs then. Nil: now, for ever.
    init(_ home: FilePath, time: String? = nil) async throws {
        self.home = home
        clock = time.map { ["--faked-system-time", "\($0)!"] } ?? []
        try FileSystem.makeDirectories(home, mode: 0o700)
        try await gpg([
            "--pinentry-mode", "loopback", "--passphrase", "", "--quick-generate-key", "Test <test@example.org>",
            "ed25519", "sign", time == nil ? "never" : "1d",
        ])
    }

    @discardableResult
    private func gpg(_ arguments: [String]) async throws -> String {
        try await SystemProcessRunner().require(
            Command("gpg", ["--batch", "--quiet", "--homedir", home.string] + clock + arguments)
        ).standardOutput
    }

    func clearSign(_ text: String) async throws -> String {
        let (plain, signed) = (home.appending("plain"), home.appending("signed"))
        try AtomicFile.write(Array(text.utf8), to: plain)
        try await gpg(["--yes", "--output", signed.string, "--clearsign", plain.string])
        return try FileSystem.text(signed) ?? ""
    }

    /// The public key in a file.
    func export(isArmoured: Bool) async throws -> FilePath {
        let path = home.appending(isArmoured ? "public.asc" : "public.gpg")
        try await gpg(["--yes", "--output", path.string] + (isArmoured ? ["--armor"] : []) + ["--export"])
        return path
    }

    /// Hex digits.
    func fingerprint() async throws -> String {
        let lines = try await gpg(["--with-colons", "--list-keys"]).split(separator: "\n")
        return lines.first { $0.hasPrefix("fpr:") }?.split(separator: ":").last.map(String.init) ?? "none"
    }
}

import ArgumentParser
import BundleBuild
import BundleModel
import Host
import Signing
import SystemPackage

/// The private key that signs.
struct KeyOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Private key (PEM) that signs.", valueName: "file"))
    var key: String?

    @Option(
        help: ArgumentHelp(
            "File whose first line is the key's passphrase. Else \(Passphrase.variable), else a prompt.",
            valueName: "file"))
    var passphraseFile: String?

    /// - Returns: nil when no key was named.
    func load() throws -> SigningKey? {
        guard let key else { return nil }
        let pem = try FileSystem.readInput(FilePath(key), limit: 1 << 16)
        let passphrase = try Passphrase.given(file: passphraseFile)
        return try SigningError.naming(key) {
            do {
                return try SigningKey(pem: pem, passphrase: passphrase)
            } catch SigningError.passphraseNeeded {
                guard let typed = try Passphrase.prompt("Passphrase of \(key): ") else {
                    throw SigningError.passphraseNeeded
                }
                return try SigningKey(pem: pem, passphrase: typed)
            }
        }
    }
}

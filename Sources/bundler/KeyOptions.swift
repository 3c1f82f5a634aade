import ArgumentParser
import BundleBuild
import BundleModel
import Host
import Signing
import SystemPackage

/// Who signs: a private key, or a program that has one.
struct KeyOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Private key (PEM) that signs.", valueName: "file"), completion: .file())
    var key: String?

    @Option(
        help: ArgumentHelp(
            "File whose first line is the key's passphrase. Else \(Passphrase.variable), else a prompt.",
            valueName: "file"),
        completion: .file())
    var passphraseFile: String?

    @Option(
        help: ArgumentHelp(
            "Program that signs instead of a key, words with blanks between them. Run with the path of the file to "
                + "sign as its last argument, it prints 64 raw bytes or their base64.", valueName: "command"))
    var signer: String?

    @Option(help: ArgumentHelp("Public key (PEM) of what --signer signs with.", valueName: "file"), completion: .file())
    var signerKey: String?

    @Option(
        help: ArgumentHelp(
            "How long the signer may take for one signature. Default: \(ExternalSigner.defaultTimeout).",
            valueName: "seconds"))
    var signerTimeout: Int?

    func validate() throws {
        if key != nil, signer != nil { throw ValidationError("--key and --signer exclude each other") }
        if (signer == nil) != (signerKey == nil) {
            throw ValidationError("--signer COMMAND and --signer-key FILE belong together")
        }
        if signer == nil, signerTimeout != nil { throw ValidationError("--signer-timeout needs --signer COMMAND") }
        if signer != nil, passphraseFile != nil {
            throw ValidationError("--passphrase-file is for --key; a signer asks for its own")
        }
        if let signerTimeout, !(1...86_400).contains(signerTimeout) {
            throw ValidationError("--signer-timeout must be 1 to 86400 seconds")
        }
    }

    var isGiven: Bool { key != nil || signer != nil }

    /// - Returns: nil when neither a key nor a program was named.
    func loadSigner() throws -> BundleSigner? {
        guard let signer, let signerKey else { return try load().map(BundleSigner.key) }
        let pem = try FileSystem.readInput(FilePath(signerKey), limit: 1 << 16)
        let key = try SigningError.naming(signerKey) { try VerifyingKey(pem: pem) }
        return .program(
            try ExternalSigner(signer, key: key, timeout: signerTimeout ?? ExternalSigner.defaultTimeout))
    }

    /// - Returns: nil when no key was named.
    private func load() throws -> SigningKey? {
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

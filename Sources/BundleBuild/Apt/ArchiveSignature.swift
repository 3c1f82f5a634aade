import FoundationEssentials
import Host
import SystemPackage

/// Checks archives' signatures by gpgv. What it hands out is what was signed, as gpgv itself read it.
struct ArchiveSignature: Sendable {
    /// Files, binary or armored, by absolute path.
    let keyrings: [FilePath]
    /// Armored keys.
    let keys: [String]
    /// Where they are not empty: whole fingerprints of the keys that may sign.
    let fingerprints: Set<String>
    /// For gpgv's files; each call makes a folder of its own in it and removes it.
    let folder: FilePath
    let runner: any ProcessRunner

    /// MD5, SHA-1 and RIPEMD-160: whoever wants can make another text of the same digest.
    private static let weakHashes: Set<String> = ["1", "2", "3"]
    private static let mark = "[GNUPG:] "

    /// The text of a clear-signed message.
    ///
    /// - Throws: `BundleBuildError.badArchive`, `HostError.notStarted` where there is no gpgv.
    func text(of message: [UInt8], url: String) async throws -> [UInt8] {
        try await signed(message, url: url).text
    }

    /// The text of a clear-signed message, and the fingerprint of the primary key that signed it.
    ///
    /// - Throws: as `text(of:url:)`.
    func signed(_ message: [UInt8], url: String) async throws -> (text: [UInt8], signer: String) {
        guard ClearSigned.text(message) != nil else {
            throw BundleBuildError.badArchive(url, reason: "is not signed, or has more than its signed text")
        }
        let (result, signer) = try await gpgv([("InRelease", message)], options: ["--output", "-"], url: url)
        return (result.outputBytes, signer)
    }

    /// Checks a text whose signature is a file beside it.
    ///
    /// - Throws: as `text(of:url:)`.
    func check(_ text: [UInt8], signature: [UInt8], url: String) async throws {
        _ = try await gpgv([("Release.gpg", signature), ("Release", text)], options: [], url: url)
    }

    private func gpgv(
        _ files: [(name: String, bytes: [UInt8])], options: [String], url: String
    ) async throws -> (result: CommandResult, signer: String) {
        let work = folder.appending("verify-\(UUID().uuidString)")
        try FileSystem.makeDirectories(work, mode: 0o700)
        defer { try? FileManager.default.removeItem(atPath: work.string) }
        var arguments = ["--status-fd", "2"] + options
        for keyring in try binaryKeyrings(work) { arguments += ["--keyring", keyring.string] }
        for file in files {
            let path = work.appending(file.name)
            try AtomicFile.write(file.bytes, to: path)
            arguments.append(path.string)
        }
        let result = try await runner.run(
            Command("gpgv", arguments, environment: ["GNUPGHOME": work.string], outputLimit: 64 << 20))
        return (result, try judge(result.standardError, url: url))
    }

    /// Binary keyrings: armored ones are written anew.
    private func binaryKeyrings(_ work: FilePath) throws -> [FilePath] {
        var found: [FilePath] = []
        func add(armored bytes: [UInt8], name: String) throws {
            guard let binary = ArmoredKey.binary(bytes) else {
                throw BundleBuildError.unreadable(path: name, reason: "it is no whole armored key")
            }
            let path = work.appending("keyring-\(found.count).gpg")
            try AtomicFile.write(binary, to: path)
            found.append(path)
        }
        for keyring in keyrings {
            let bytes = try FileSystem.readInput(keyring, limit: 64 << 20)
            if bytes.starts(with: "-----BEGIN".utf8) {
                try add(armored: bytes, name: keyring.string)
            } else {
                found.append(keyring)
            }
        }
        for key in keys { try add(armored: Array(key.utf8), name: "the key of an apt source") }
        return found
    }

    /// One good signature by a key that may sign is enough, as long as none is bad: archives sign with old keys, too.
    ///
    /// - Returns: the first such key's primary fingerprint.
    private func judge(_ status: String, url: String) throws(BundleBuildError) -> String {
        var isGood = false
        var signer: String?
        var reasons: [String] = []
        for line in status.split(separator: "\n") where line.hasPrefix(Self.mark) {
            let words = line.dropFirst(Self.mark.count).split(separator: " ").map(String.init)
            let key = words.count > 1 ? words[1] : ""
            switch words.first {
            case "NEWSIG": isGood = false
            case "GOODSIG": isGood = true
            case "VALIDSIG":
                guard isGood, words.count > 10 else { continue }
                if Self.weakHashes.contains(words[8]) {
                    reasons.append("key \(key) signed a digest of a weak kind")
                } else if !fingerprints.isEmpty, fingerprints.isDisjoint(with: [words[1], words[10]]) {
                    reasons.append("key \(key) is not the one that the source names")
                } else {
                    signer = signer ?? words[10]
                }
            case "BADSIG": throw .badArchive(url, reason: "its signature is bad: it was changed after it was signed")
            case "NO_PUBKEY": reasons.append("key \(key) is not in the keyring")
            case "EXPKEYSIG": reasons.append("key \(key) has expired")
            case "REVKEYSIG": reasons.append("key \(key) is revoked")
            case "EXPSIG": reasons.append("the signature of key \(key) has expired")
            default: break
            }
        }
        guard let signer else {
            let reason = reasons.isEmpty ? "it has no signature that gpgv can read" : reasons.joined(separator: "; ")
            throw .badArchive(url, reason: "cannot be trusted: \(reason)")
        }
        return signer
    }
}

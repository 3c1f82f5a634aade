public import BundleModel
import Host
import Signing
import SystemPackage

extension TrustStore {
    /// What a statement came to.
    public struct StatementOutcome: Codable, Hashable, Sendable {
        public var schemaVersion = 1
        public var signer: SHA256Digest
        public var number: UInt64
        /// Keys that this statement made trusted here; empty when it was obeyed before.
        public var added: [SHA256Digest]
        public var revoked: [SHA256Digest]
        /// Keys that it adds and that are revoked here: they stay so.
        public var stayRevoked: [SHA256Digest]
    }

    /// Obeys a statement by one of the keys that are trusted here. Obeying it again changes nothing.
    ///
    /// - Parameters:
    ///   - statement: the exact bytes that were signed.
    ///   - signature: raw Ed25519, 64 bytes.
    ///   - arguments: values of `--trusted-key`; only a file can name a signer, since a statement brings no key.
    /// - Throws: `InstallError.statementNotTrusted`, `.olderStatement`, `.busy`; `SigningError.revoked`, `.badStatement`.
    public func apply(
        statement: [UInt8], signature: [UInt8], arguments: [String]
    ) async throws -> StatementOutcome {
        let digest = SHA256Hasher.hash(statement)
        // A refused statement leaves nothing behind, not even the folder of the lock.
        _ = try signer(of: statement, digest, signature: signature, arguments: arguments)
        let words = try KeyStatement(json: statement)

        try FileSystem.makeDirectories(root.resolve(NodePaths.configuration))
        let lock = try await StateLock.take(folder: NodePaths.configuration, root)
        defer { withExtendedLifetime(lock) {} }
        // Another run may have revoked that signer in between.
        let signer = try signer(of: statement, digest, signature: signature, arguments: arguments)
        var memory = try StatementMemory.read(root)
        if let seen = memory.last[signer.hex] {
            guard words.number >= seen.number else {
                throw InstallError.olderStatement(number: words.number, seen: seen.number)
            }
            guard words.number > seen.number || digest == seen.digest else {
                throw SigningError.badStatement("its signer gave the number \(words.number) to another one before")
            }
        }
        return try obey(words, by: signer, memory: &memory, digest: digest)
    }

    /// The trusted key that signed.
    private func signer(
        of statement: [UInt8], _ digest: SHA256Digest, signature: [UInt8], arguments: [String]
    ) throws -> SHA256Digest {
        let policy = try policy(arguments: arguments)
        let valid = policy.keys.filter { $0.isValid(signature: signature, over: statement) }
        let obeyed = try StatementMemory.read(root)
        // A signer that revokes itself has to be obeyed to the end when the first run was interrupted.
        let signers = valid.filter { policy.trusts($0) || obeyed.last[$0.fingerprint.hex]?.digest == digest }
        if let signer = signers.first { return signer.fingerprint }
        if let first = valid.first { throw SigningError.revoked(first.fingerprint) }
        throw InstallError.statementNotTrusted(keys: Set(policy.keys).count)
    }

    /// Keys to trust, then the number, then revocations: an interrupted change of keys must not lock everybody out.
    private func obey(
        _ words: KeyStatement, by signer: SHA256Digest, memory: inout StatementMemory, digest: SHA256Digest
    ) throws -> StatementOutcome {
        var outcome = StatementOutcome(signer: signer, number: words.number, added: [], revoked: [], stayRevoked: [])
        let revoked = try revokedKeys()
        for key in words.add {
            if revoked.contains(key.fingerprint) {
                outcome.stayRevoked.append(key.fingerprint)
            } else if try keep(
                String(decoding: key.pem, as: UTF8.self), "\(NodePaths.trustedKeys)/\(key.fingerprint.hex).pub")
            {
                outcome.added.append(key.fingerprint)
            }
        }
        let last = StatementMemory.Last(number: words.number, digest: digest)
        if memory.last[signer.hex] != last {
            memory.last[signer.hex] = last
            try memory.write(root)
        }
        for key in words.revoke
        where try keep(
            KeyFingerprint.text(key) + "\n", "\(NodePaths.revokedKeys)/\(key.hex)")
        {
            outcome.revoked.append(key)
        }
        return outcome
    }

    /// - Returns: false when the file was like that already.
    private func keep(_ text: String, _ path: String) throws -> Bool {
        let file = root.resolve(path)
        if try FileSystem.text(file) == text { return false }
        try FileSystem.makeDirectories(file.removingLastComponent())
        try AtomicFile.write(Array(text.utf8), to: file)
        return true
    }
}

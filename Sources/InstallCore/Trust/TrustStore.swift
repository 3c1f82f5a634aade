public import BundleModel
public import Host
public import Signing
public import SystemPackage

/// The keys that this machine's operator trusts: named on the command line, or kept in /etc/node-install.
public struct TrustStore: Sendable {
    let root: HostRoot

    public init(root: HostRoot) {
        self.root = root
    }

    /// - Parameters:
    ///   - arguments: values of `--trusted-key`: a file with a public key, or `SHA256:` and 64 hex digits.
    ///   - revoked: values of `--revoked-key`, the same.
    /// - Throws: `InstallError.badKeyArgument`.
    public func policy(arguments: [String], revoked: [String] = []) throws -> TrustPolicy {
        var policy = TrustPolicy()
        for argument in arguments { policy.trust(try Self.named(argument, by: "--trusted-key")) }
        for (path, bytes) in try files(NodePaths.trustedKeys) {
            policy.keys.append(try Self.key(path) { bytes })
        }
        for argument in revoked { policy.revoke(try Self.named(argument, by: "--revoked-key")) }
        policy.revoked.formUnion(try revokedKeys())
        return policy
    }

    /// Keys that nobody has to name any more: the operator's files, and what this node learned.
    func revokedKeys() throws -> Set<SHA256Digest> {
        var revoked = Set(try TrustMemory.read(root).revokedKeys)
        for (path, bytes) in try files(NodePaths.revokedKeys) {
            let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
            let named = try lines.compactMap { try Self.fingerprint($0, source: path) }
            revoked.formUnion(named)
            if named.isEmpty { revoked.insert(try Self.key(path) { bytes }.fingerprint) }
        }
        return revoked
    }

    /// What this node tells nodes that join: the lowest sequence that it would install itself, and the keys that it
    /// would not believe.
    ///
    /// - Returns: `lowestSequence` 0 for a product line that was never installed here; `revokedKeys` sorted.
    /// - Throws: `InstallError.configuration`, `.badKeyArgument`, `HostError`.
    public func published(
        productLine: String
    ) throws -> (lowestSequence: UInt64, revokedKeys: [SHA256Digest]) {
        let lowest = try TrustMemory.read(root).sequences[productLine] ?? 0
        return (lowest, try revokedKeys().sorted { $0.hex < $1.hex })
    }

    private static func named(_ argument: String, by option: String) throws -> KeyArgument {
        do {
            return try KeyArgument(argument) { try FileSystem.read(FilePath($0), limit: 1 << 16) }
        } catch let error as DigestError {
            throw InstallError.badKeyArgument(source: option, reason: error.message)
        } catch {
            throw InstallError.badKeyArgument(source: "\(option) \(argument)", reason: "\(error)")
        }
    }

    private static func key(_ source: String, _ bytes: () throws -> [UInt8]) throws -> VerifyingKey {
        do {
            return try VerifyingKey(pem: bytes())
        } catch {
            throw InstallError.badKeyArgument(source: source, reason: "\(error)")
        }
    }

    /// Decides about a bundle.
    ///
    /// - Throws: `InstallError.untrusted` when no key is trusted here at all, else what `TrustPolicy` says.
    public func decide(
        _ policy: TrustPolicy, signatures: [BundleSignature], index: [UInt8]
    ) throws -> TrustRecord {
        do {
            let decision = try policy.evaluate(signatures: signatures, over: index)
            let signers = [decision.key] + decision.others.filter { policy.trusts($0) }
            return TrustRecord(signers: signers.map(\.fingerprint), revoked: policy.revoked)
        } catch {
            throw Self.explained(error, nothingIsTrusted: policy.keys.isEmpty && policy.fingerprints.isEmpty)
        }
    }

    private static func explained(_ error: SigningError, nothingIsTrusted: Bool) -> any Error {
        guard nothingIsTrusted, case .untrusted(let offered) = error else { return error }
        let names = offered.map(KeyFingerprint.text)
        return InstallError.untrusted(
            reason: "no trusted key was given; the bundle says that it is signed by \(names.joined(separator: ", "))",
            command: "compare that with what the bundle's maker told you, and add --trusted-key "
                + (names.first ?? "FILE"))
    }

    /// Whether a key file lies where the bundle lies, so that whoever replaced one could replace both.
    public static func isBeside(key: FilePath, bundle: FilePath) -> Bool {
        // Where the bundle really is counts; the key's folder is where its name can be replaced.
        let bundle = (try? FileSystem.resolvingLinks(bundle)) ?? bundle
        let folders = [key, bundle].map { path in
            let folder = path.removingLastComponent()
            let named = folder.isEmpty ? FilePath(".") : folder
            return (try? FileSystem.resolvingLinks(named)) ?? named
        }
        if folders[0].lexicallyNormalized() == folders[1].lexicallyNormalized() { return true }
        guard let keyDevice = try? TreeRemoval.device(of: key), let bundleDevice = try? TreeRemoval.device(of: bundle),
            let rootDevice = try? TreeRemoval.device(of: "/")
        else { return false }
        return keyDevice == bundleDevice && keyDevice != rootDevice
    }

    /// A line of a file with fingerprints; nil for one of a key in PEM.
    private static func fingerprint(_ text: String, source: String) throws(InstallError) -> SHA256Digest? {
        do { return try KeyFingerprint.parse(text) } catch {
            throw .badKeyArgument(source: source, reason: error.message)
        }
    }

    private func files(_ folder: String) throws -> [(String, [UInt8])] {
        try FileSystem.list(root.resolve(folder)).filter { !$0.hasPrefix(".") }.map { name in
            ("\(folder)/\(name)", try FileSystem.read(root.resolve("\(folder)/\(name)"), limit: 1 << 20))
        }
    }
}

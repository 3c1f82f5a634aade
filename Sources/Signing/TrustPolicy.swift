public import BundleModel

/// Which signers this machine was told to believe.
public struct TrustPolicy: Hashable, Sendable {
    public var keys: [VerifyingKey]
    /// Keys that are known by fingerprint alone; the key itself may then come with the bundle.
    public var fingerprints: Set<SHA256Digest>
    public var revoked: Set<SHA256Digest>

    public init(
        keys: [VerifyingKey] = [], fingerprints: Set<SHA256Digest> = [], revoked: Set<SHA256Digest> = []
    ) {
        self.keys = keys
        self.fingerprints = fingerprints
        self.revoked = revoked
    }

    /// Decides by the exact bytes of the index.
    ///
    /// One valid signature by a trusted key that is not revoked is enough. Any signature whose key is at hand must
    /// be valid, trusted or not: a wrong one means that the file is not what its makers signed.
    ///
    /// - Throws: `.unsigned`, `.invalid`, `.revoked`, `.untrusted`.
    public func evaluate(
        signatures: [BundleSignature], over index: [UInt8]
    ) throws(SigningError) -> TrustDecision {
        guard !signatures.isEmpty else { throw .unsigned }
        var valid: [VerifyingKey] = []
        for signature in signatures {
            guard let key = signature.publicKey ?? keys.first(where: { $0.keyID == signature.keyID }) else { continue }
            guard key.keyID == signature.keyID, key.isValid(signature: signature.signature, over: index) else {
                throw .invalid(keyID: signature.keyID)
            }
            valid.append(key)
        }
        if let key = valid.first(where: { trusts($0) }) {
            return TrustDecision(key: key, others: valid.filter { $0 != key })
        }
        if let key = valid.first(where: { revoked.contains($0.fingerprint) }) { throw .revoked(key.fingerprint) }
        throw .untrusted(offered: valid.map(\.fingerprint))
    }

    /// Whether the operator named this key and nobody revoked it.
    public func trusts(_ key: VerifyingKey) -> Bool {
        !revoked.contains(key.fingerprint) && (keys.contains(key) || fingerprints.contains(key.fingerprint))
    }
}

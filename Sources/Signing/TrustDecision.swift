/// Whose word a bundle is taken on.
public struct TrustDecision: Hashable, Sendable {
    /// The trusted key whose signature is valid.
    public let key: VerifyingKey
    /// Other keys with valid signatures, trusted or not.
    public let others: [VerifyingKey]
}

public import BundleModel

/// What lets one node (or a number of them) into the cluster: one line that can be typed.
///
///     kf1-04r0g-…
///
/// Bytes, in Crockford's base 32 with a hyphen after every fifth character: version 1, length of everything, role
/// (0 worker, 1 master), id (5), secret (16), expiry (u32, seconds since 1970), pin (16), number of addresses, per
/// address 4 or 6 and the address' bytes and the port (u16), checksum (first 4 bytes of the SHA-256 of all before).
public struct Invite: Hashable, Sendable {
    /// Addresses that fit with the length in one byte, whatever their family.
    public static let mostMasters = 8

    /// Join services, in the order to try them; 1 to 8.
    public var masters: [Endpoint]
    /// Of the join service's certificate.
    public var pin: PublicKeyPin
    public var id: InviteID
    public var secret: InviteSecret
    public var role: NodeRole
    /// Seconds since 1970.
    public var expiresAt: UInt64

    public init(
        masters: [Endpoint], pin: PublicKeyPin, id: InviteID, secret: InviteSecret, role: NodeRole, expiresAt: UInt64
    ) {
        self.masters = masters
        self.pin = pin
        self.id = id
        self.secret = secret
        self.role = role
        self.expiresAt = expiresAt
    }

    /// - Throws: `InviteError.expired` by the given clock, in seconds since 1970.
    public func requireUnexpired(now: UInt64) throws(InviteError) {
        guard now < expiresAt else { throw .expired(since: expiresAt, id: id) }
    }
}

extension Invite: CustomStringConvertible {
    /// For logs: no secret.
    public var description: String {
        "invite \(id) (\(role.rawValue), until \(UTC.text(expiresAt)), by \(masters.map(\.description).joined(separator: ", ")))"
    }
}

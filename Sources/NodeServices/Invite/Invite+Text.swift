import BundleModel
import Signing

extension Invite {
    private static let version: UInt8 = 1
    private static let checksumLength = 4
    /// Everything before the addresses, and the checksum.
    private static let fixedLength =
        3 + InviteID.byteCount + InviteSecret.byteCount + 4 + PublicKeyPin.inviteByteCount + 1 + checksumLength

    /// The line to hand over. Holds the secret: never log it.
    public var text: String {
        let addresses = masters.prefix(Self.mostMasters)
        var bytes: [UInt8] = [Self.version, 0, role == .master ? 1 : 0]
        bytes += id.bytes
        bytes += secret.bytes
        let expiry = UInt32(clamping: expiresAt)
        bytes += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: expiry >> $0) }
        bytes += pin.truncated.bytes
        bytes.append(UInt8(addresses.count))
        for master in addresses {
            bytes.append(master.address.isIPv6 ? 6 : 4)
            bytes += master.address.bytes
            bytes += [UInt8(master.port >> 8), UInt8(master.port & 255)]
        }
        bytes[1] = UInt8(bytes.count + Self.checksumLength)
        bytes += Self.checksum(bytes[...])
        let digits = Array(Base32.encode(bytes))
        let groups = stride(from: 0, to: digits.count, by: 5).map { String(digits[$0..<min($0 + 5, digits.count)]) }
        return "kf\(Self.version)-" + groups.joined(separator: "-")
    }

    /// Reads what a person typed: any case, hyphens and white space anywhere, o for 0, i and l for 1.
    public init(_ text: some StringProtocol) throws(InviteError) {
        let digits = try Self.digits(of: text)
        let bytes = try Self.checkedBytes(digits)
        guard bytes[2] < 2 else { throw .malformed(.content, detail: "role \(bytes[2]), expected 0 or 1") }
        var rest = bytes[3..<(bytes.count - Self.checksumLength)]
        guard let id = InviteID(bytes: Self.take(&rest, InviteID.byteCount)),
            let secret = InviteSecret(bytes: Self.take(&rest, InviteSecret.byteCount))
        else { throw .malformed(.length, detail: "\(bytes.count) bytes") }
        let expiry = Self.take(&rest, 4).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard let pin = PublicKeyPin(bytes: Self.take(&rest, PublicKeyPin.inviteByteCount)) else {
            throw .malformed(.length, detail: "\(bytes.count) bytes")
        }
        self.init(
            masters: try Self.masters(rest), pin: pin, id: id, secret: secret, role: bytes[2] == 1 ? .master : .worker,
            expiresAt: expiry)
    }

    /// The digits after `kf1`, without what is only there for the eye.
    private static func digits(of text: some StringProtocol) throws(InviteError) -> String {
        let plain = text.lowercased().filter { !$0.isWhitespace && $0 != "-" }
        guard plain.hasPrefix("kf"), let mark = plain.utf8.dropFirst(2).first else {
            throw .malformed(.prefix, detail: "expected kf1-")
        }
        guard let number = Base32.value(of: mark) else { throw .malformed(.prefix, detail: "expected kf1-") }
        guard number == version else { throw .malformed(.version, detail: "kf\(number), expected kf\(version)") }
        let digits = plain.dropFirst(3)
        if let bad = digits.first(where: { $0.utf8.count != 1 || Base32.value(of: $0.utf8.first ?? 0) == nil }) {
            throw .malformed(.alphabet, detail: "'\(bad)' is never part of one")
        }
        return String(digits)
    }

    /// Bytes of the right version, length and checksum.
    private static func checkedBytes(_ digits: String) throws(InviteError) -> [UInt8] {
        // The first 16 bits hold the version and the length of the whole.
        guard let start = Base32.decode(digits.prefix(8)), start.count == 5 else {
            throw .malformed(.length, detail: "\(digits.count) characters")
        }
        let length = Int(start[1])
        let expected = (length * 8 + 4) / 5
        guard length >= fixedLength, digits.count == expected else {
            throw .malformed(.length, detail: "\(digits.count) characters, expected \(expected)")
        }
        guard let bytes = Base32.decode(digits), bytes.count == length else {
            throw .malformed(.checksum, detail: "bits are left over")
        }
        let body = bytes.dropLast(checksumLength)
        guard checksum(body) == Array(bytes.suffix(checksumLength)) else {
            throw .malformed(.checksum, detail: "the characters do not belong together")
        }
        guard bytes[0] == version else { throw .malformed(.version, detail: "\(bytes[0]), expected \(version)") }
        return bytes
    }

    private static func masters(_ bytes: ArraySlice<UInt8>) throws(InviteError) -> [Endpoint] {
        var rest = bytes
        let count = Int(take(&rest, 1).first ?? 0)
        var masters: [Endpoint] = []
        while masters.count < count, let family = take(&rest, 1).first {
            let address = IPAddress(bytes: Array(take(&rest, family == 6 ? 16 : 4)))
            let port = take(&rest, 2).reduce(UInt16(0)) { $0 << 8 | UInt16($1) }
            guard family == 4 || family == 6, let address, port > 0 else {
                throw .malformed(.content, detail: "an address cannot be read")
            }
            masters.append(Endpoint(address, port: port))
        }
        guard count > 0, count <= mostMasters, masters.count == count, rest.isEmpty else {
            throw .malformed(.content, detail: "\(masters.count) addresses read, \(count) announced")
        }
        return masters
    }

    private static func take(_ bytes: inout ArraySlice<UInt8>, _ count: Int) -> ArraySlice<UInt8> {
        defer { bytes = bytes.dropFirst(count) }
        return bytes.prefix(count)
    }

    private static func checksum(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        Array(SHA256Hasher.hash(bytes).bytes.prefix(checksumLength))
    }
}

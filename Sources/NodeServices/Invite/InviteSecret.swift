public import BundleModel
import Signing

/// The 128 secret bits of an invite. Its descriptions show nothing of it.
public struct InviteSecret: Hashable, Sendable {
    public static let byteCount = 16
    /// The secret itself: only for the invite's text and the request to the join service.
    let bytes: [UInt8]

    /// - Parameter bytes: exactly 16 bytes, else nil.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = Array(bytes)
    }

    /// - Returns: nil for anything but 26 characters of the invite's alphabet.
    init?(text: some StringProtocol) {
        guard let bytes = Base32.decode(text) else { return nil }
        self.init(bytes: bytes)
    }

    /// - Throws: `SigningError.library` without entropy.
    public static func make() throws -> InviteSecret {
        guard let secret = InviteSecret(bytes: try RandomBytes.make(byteCount)) else {
            throw SigningError.library(call: "RAND_bytes", reason: "not \(byteCount) bytes")
        }
        return secret
    }

    var text: String { Base32.encode(bytes) }

    /// What the cluster keeps. A plain digest is enough: 128 random bits cannot be guessed from it.
    public var digest: SHA256Digest {
        SHA256Hasher.hash(Array("kubeferry invite secret 1\n".utf8) + bytes)
    }

    /// Takes the same time wherever the first difference is.
    public func matches(_ digest: SHA256Digest) -> Bool {
        ConstantTime.equal(self.digest.bytes, digest.bytes)
    }
}

extension InviteSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "(secret)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

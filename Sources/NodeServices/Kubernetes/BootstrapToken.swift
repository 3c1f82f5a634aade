import Signing

/// A kubeadm token `abcdef.0123456789abcdef`, as a Secret that the cluster forgets by itself.
public struct BootstrapToken: Hashable, Sendable {
    private static let alphabet = Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)

    /// 6 characters; not secret.
    public let id: String
    /// 16 characters.
    let secret: String

    /// - Throws: `SigningError.library` without entropy.
    public static func make() throws -> BootstrapToken {
        let text = try characters(22)
        return BootstrapToken(id: String(text.prefix(6)), secret: String(text.dropFirst(6)))
    }

    /// As kubeadm takes it.
    public var text: String { "\(id).\(secret)" }

    static func secretName(_ id: String) -> String { "bootstrap-token-\(id)" }

    /// - Parameter expiresAt: seconds since 1970.
    func object(expiresAt: UInt64, purpose: String) -> KubernetesObject {
        KubernetesObject(
            secret: Self.secretName(id), type: "bootstrap.kubernetes.io/token",
            content: [
                "description": purpose, "token-id": id, "token-secret": secret, "expiration": UTC.text(expiresAt),
                "usage-bootstrap-authentication": "true", "usage-bootstrap-signing": "true",
                "auth-extra-groups": "system:bootstrappers:kubeadm:default-node-token",
            ].mapValues { Array($0.utf8) })
    }

    /// Evenly distributed: bytes beyond the last multiple of 36 are drawn again.
    private static func characters(_ count: Int) throws -> String {
        var text: [UInt8] = []
        while text.count < count {
            for byte in try RandomBytes.make(count) where byte < 252 && text.count < count {
                text.append(alphabet[Int(byte) % alphabet.count])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension BootstrapToken: CustomStringConvertible {
    /// For logs: no secret.
    public var description: String { "\(id).(secret)" }
}

import BundleModel
import FoundationEssentials
import Logging
import NodeServices
import Signing
import Testing

/// Values that the tests share.
enum Samples {
    /// 2026-01-01T00:00:00Z
    static let now: UInt64 = 1_767_225_600
    static let release = SHA256Hasher.hash(Array("release".utf8))

    static var quiet: Logger { Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() } }

    static func digest(_ text: String) -> SHA256Digest { SHA256Hasher.hash(Array(text.utf8)) }

    static func identity(_ name: String = "test") throws -> TLSIdentity {
        let made = try SelfSignedCertificate.generate(commonName: name, ipAddresses: ["127.0.0.1"], validDays: 2)
        return try TLSIdentity(pem: made.certificatePEM + made.privateKeyPEM, source: name)
    }

    static func invite(
        masters: [Endpoint], pin: PublicKeyPin = PublicKeyPin(Samples.digest("pin")), role: NodeRole = .worker,
        expiresAt: UInt64 = now + 3600
    ) throws -> Invite {
        Invite(
            masters: masters, pin: pin, id: try #require(InviteID(bytes: [1, 2, 3, 4, 5])),
            secret: try InviteSecret.make(), role: role, expiresAt: expiresAt)
    }

    static func record(_ invite: Invite, uses: Int = 1) -> InviteRecord {
        InviteRecord(
            id: invite.id, secretDigest: invite.secret.digest, role: invite.role, uses: uses, createdAt: now,
            expiresAt: invite.expiresAt)
    }

    static func facts() throws -> ClusterFacts {
        ClusterFacts(
            controlPlaneEndpoint: try Endpoint("127.0.0.1:7443"), releaseID: release,
            kubernetesVersion: try SemanticVersion("1.20.2"), podCIDR: "10.244.0.0/16", serviceCIDR: "10.96.0.0/12",
            cni: .bridge, productLine: "kubernetes", lowestSequence: 7, revokedKeys: [digest("revoked")])
    }
}

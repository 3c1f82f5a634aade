import FoundationEssentials
import Host
public import SystemPackage

/// kubeadm's admin.conf: how a master's root speaks with its cluster.
public struct AdminConfig: Sendable {
    public static let defaultPath: FilePath = "/etc/kubernetes/admin.conf"

    public let endpoint: Endpoint
    private let trust: ServerTrust
    private let identity: TLSIdentity

    /// Reads the four values that kubeadm writes, one per line.
    ///
    /// - Throws: `NodeServicesError.notAMaster` when the file is not there, `.badDocument` for another form.
    public init(file: FilePath) throws {
        guard let text = try FileSystem.text(file) else { throw NodeServicesError.notAMaster(missing: file.string) }
        func value(_ key: String) throws -> String {
            for line in text.split(separator: "\n") {
                let parts = line.drop { $0 == " " || $0 == "-" }.split(separator: ":", maxSplits: 1)
                guard parts.count == 2, parts[0] == key else { continue }
                return String(parts[1].drop { $0 == " " }.filter { $0 != "\"" && $0 != "\r" })
            }
            throw NodeServicesError.badDocument(path: file.string, reason: "no \(key)")
        }
        func bytes(_ key: String) throws -> [UInt8] {
            guard let data = Data(base64Encoded: try value(key)) else {
                throw NodeServicesError.badDocument(path: file.string, reason: "\(key) is not base 64")
            }
            return Array(data)
        }
        let server = try value("server")
        guard server.hasPrefix("https://"), let found = try? Endpoint(server.dropFirst("https://".count)) else {
            throw NodeServicesError.badDocument(
                path: file.string, reason: "server \(server), expected https://ADDRESS:PORT")
        }
        endpoint = found
        trust = try .authorities(pem: bytes("certificate-authority-data"), source: file.string)
        identity = try TLSIdentity(
            pem: bytes("client-certificate-data") + [UInt8(ascii: "\n")] + bytes("client-key-data"),
            source: file.string)
    }

    /// - Throws: `NodeServicesError.badCredentials`.
    public func api() throws -> KubernetesAPI {
        KubernetesAPI(try HTTPSClient(endpoint, trust: trust, identity: identity, timeout: 15))
    }
}

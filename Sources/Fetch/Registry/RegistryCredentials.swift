import BundleModel
import FoundationEssentials
import Host
public import SystemPackage

/// User names and passwords by registry host, from the file that container tools write at login.
public struct RegistryCredentials: Sendable {
    private struct DockerConfig: Decodable {
        struct Entry: Decodable { var auth: String? }
        var auths: [String: Entry]?
    }

    private var basicByHost: [String: String] = [:]

    public init() {}

    /// - Parameter path: `~/.docker/config.json`; a missing file gives no credentials.
    public init(dockerConfig path: FilePath) throws {
        guard let bytes = try FileSystem.readIfPresent(path) else { return }
        guard let config = try? CanonicalJSON.decode(DockerConfig.self, from: Data(bytes)) else {
            throw FetchError.badSource("\(path): not a container tool's login file")
        }
        for (name, entry) in config.auths ?? [:] {
            let host = name.split(separator: "/").first { $0 != "https:" && $0 != "http:" }.map(String.init) ?? name
            if let auth = entry.auth, !auth.isEmpty { basicByHost[host] = auth }
        }
    }

    /// The value of an Authorization header, for a registry's address.
    func basic(for url: String) -> String? {
        let host = HTTPTransport.origin(url).split(separator: "/").last.map(String.init) ?? ""
        let names = host == "registry-1.docker.io" ? [host, "index.docker.io", "docker.io"] : [host]
        return names.lazy.compactMap { basicByHost[$0] }.first.map { "Basic \($0)" }
    }
}

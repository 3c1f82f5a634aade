import BundleModel
import FoundationEssentials
public import Host
public import SystemPackage

/// Logins by registry, from the file that container tools write at login: in the file itself, or kept by a program that
/// it names.
public struct RegistryCredentials: Sendable {
    /// Where a login is.
    enum Keeper: Sendable {
        case file(RegistryLogin)
        case helper(CredentialHelper, server: String)
    }

    /// The names under which Docker's own registry is known.
    private static let hub = ["registry-1.docker.io", "index.docker.io", "docker.io"]
    private static let hubServer = "https://index.docker.io/v1/"

    /// By host, or host and the beginning of a repository.
    private var logins: [String: RegistryLogin] = [:]
    /// By host.
    private var helpers: [String: CredentialHelper] = [:]
    private var store: CredentialHelper?

    public init() {}

    /// - Parameters:
    ///   - path: `~/.docker/config.json`; a missing file gives no credentials.
    ///   - runner: starts the programs that the file names, when a registry asks for a login.
    /// - Throws: `FetchError`.
    public init(dockerConfig path: FilePath, runner: any ProcessRunner = SystemProcessRunner()) throws {
        guard let bytes = try FileSystem.readIfPresent(path) else { return }
        let config: DockerConfig
        do {
            config = try CanonicalJSON.decode(DockerConfig.self, from: Data(bytes))
        } catch {
            throw FetchError.badSource(
                "\(path): not a container tool's login file: \(CanonicalJSON.explanation(of: error))")
        }
        func helper(_ name: String) throws -> CredentialHelper {
            // A part of a program's name: nothing that leads to another folder.
            guard name.utf8.allSatisfy({ $0 != UInt8(ascii: "/") && $0 > 0x20 }) else {
                throw FetchError.badSource("\(path): '\(name)': expected the NAME of a docker-credential-NAME")
            }
            return CredentialHelper(name: name, origin: path, runner: runner)
        }
        for (name, entry) in config.auths ?? [:] {
            if let login = try entry.login(for: name) { logins[Self.place(name)] = login }
        }
        for (name, program) in config.credHelpers ?? [:] where !program.isEmpty {
            helpers[Self.place(name)] = try helper(program)
        }
        if let program = config.credsStore, !program.isEmpty { store = try helper(program) }
    }

    /// Who has the login for a repository at a registry's address; nil where nobody is known to have one.
    func keeper(for url: String, repository: String) -> Keeper? {
        let host = HTTPTransport.origin(url).split(separator: "/").last.map(String.init) ?? ""
        let isHub = Self.hub.contains(host)
        let hosts = isHub ? Self.hub : [host]
        let server = isHub ? Self.hubServer : host
        if let helper = hosts.lazy.compactMap({ helpers[$0] }).first { return .helper(helper, server: server) }
        var parts = repository.split(separator: "/")
        while true {
            let places = hosts.map { ([$0] + parts.map(String.init)).joined(separator: "/") }
            if let login = places.lazy.compactMap({ logins[$0] }).first { return .file(login) }
            guard parts.popLast() != nil else { break }
        }
        return store.map { Keeper.helper($0, server: server) }
    }

    /// `https://index.docker.io/v1/` is `index.docker.io`; `registry.example/team` stays.
    private static func place(_ name: String) -> String {
        let scheme = ["https://", "http://"].first { name.hasPrefix($0) } ?? ""
        let parts = name.dropFirst(scheme.count).split(separator: "/").map(String.init)
        // Addresses of the API have no repository in them.
        let isAddress = !scheme.isEmpty || (parts.count > 1 && (parts[1] == "v1" || parts[1] == "v2"))
        return isAddress ? parts.first ?? name : parts.joined(separator: "/")
    }
}

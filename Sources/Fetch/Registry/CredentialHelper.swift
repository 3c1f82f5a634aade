import BundleModel
import FoundationEssentials
import Host
import SystemPackage

/// A program that keeps logins for container tools, by the protocol that they share: `docker-credential-NAME get` reads
/// a server's name and prints a login.
struct CredentialHelper: Sendable {
    /// Seconds: a keychain may ask its owner to unlock it.
    private static let timeout = 60

    let name: String
    /// The file that names the helper, for messages.
    let origin: FilePath
    let runner: any ProcessRunner

    private struct Answer: Decodable {
        var user: String
        var secret: String

        enum CodingKeys: String, CodingKey {
            case user = "Username"
            case secret = "Secret"
        }
    }

    /// - Returns: nil where the helper has no login for the server.
    /// - Throws: `FetchError.badLogin`.
    func login(for server: String) async throws -> RegistryLogin? {
        let program = "docker-credential-\(name)"
        func bad(_ reason: String) -> FetchError { .badLogin(registry: server, reason: reason) }
        let command = Command(
            program, ["get"], input: .stream { file in _ = try file.writeAll(Array(server.utf8)) },
            timeout: Self.timeout, outputLimit: 1 << 20)
        let result: CommandResult
        do {
            result = try await runner.run(command)
        } catch HostError.notStarted(_, let reason) {
            throw bad("\(program), which \(origin) names, cannot be started: \(reason)")
        } catch HostError.timedOut {
            throw bad("\(program) did not answer within \(Self.timeout) s")
        }
        guard result.status == 0 else {
            // The protocol has no status of its own for this, only these words.
            let printed = (result.standardOutput + result.standardError).lowercased()
            if printed.contains("credentials not found") { return nil }
            throw bad("\(program) ended with status \(result.status), expected 0: \(result.ending)")
        }
        // What was printed stays out of the message: it may be the secret.
        guard let answer = try? CanonicalJSON.decode(Answer.self, from: Data(result.standardOutput.utf8)) else {
            throw bad("\(program) printed something else than a login")
        }
        if answer.secret.isEmpty { return nil }
        // So helpers mark what is no password.
        if answer.user == "<token>" { return .identityToken(answer.secret) }
        return .password(user: answer.user, secret: answer.secret)
    }
}

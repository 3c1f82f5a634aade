import BundleModel
import Host
import NodeServices
import SystemPackage
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// What the built node-install says about `--join`, before it looks at any bundle.
@Suite(.enabled(if: geteuid() == 0, "node-install wants root first"))
struct JoinOptionTests {
    /// The executable beside the one that runs the tests: both are of the same build.
    private func run(_ arguments: [String], input: Command.Input = .none) async throws -> CommandResult {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let own = String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let program = FilePath(own).removingLastComponent().appending("node-install").string
        return try await SystemProcessRunner().run(Command(program, arguments, input: input, timeout: 60))
    }

    private func invite() throws -> String {
        let pin = try #require(PublicKeyPin(bytes: [UInt8](repeating: 7, count: 16)))
        let id = try #require(InviteID(bytes: [1, 2, 3, 4, 5]))
        return Invite(
            masters: [try Endpoint("10.0.0.1:7444")], pin: pin, id: id, secret: try InviteSecret.make(), role: .worker,
            expiresAt: 4_000_000_000
        ).text
    }

    @Test func anInviteForAMasterIsRefusedAndNotPrinted() async throws {
        let invite = try invite()
        for text in [invite, invite.uppercased(), "kf1-mistyped-secret"] {
            let result = try await run(["--role", "master", "--join", text])
            #expect(result.status == DiagnosticCategory.invalidInput.exitCode)
            let printed = (result.standardOutput + result.standardError).lowercased()
            #expect(printed.contains("--join 'an invite': expected --role worker"))
            #expect(!printed.contains(text.lowercased()) && !printed.contains("kf1-"))
            #expect(printed.contains("\nhint: "))
        }
    }

    @Test(arguments: ["@/root/invite", "-", "prompt"])
    func whereAnInviteIsMayBePrinted(_ source: String) async throws {
        let result = try await run(["--role", "master", "--join", source])
        #expect(result.standardError.contains("--join '\(source)': expected --role worker"))
    }

    @Test(.timeLimit(.minutes(2)), arguments: ["-", "prompt"])
    func yesDoesNotWaitForSomebodyAtATerminal(_ source: String) async throws {
        let terminal = try Terminal()
        let result = try await run(
            ["--yes", "--role", "worker", "--join", source], input: .file(terminal.path))
        #expect(result.status == DiagnosticCategory.invalidInput.exitCode)
        #expect(result.standardError.contains("--yes lets nobody be asked"))
        withExtendedLifetime(terminal) {}
    }

    /// It gets further than the options: this program carries no bundle.
    @Test func yesTakesAnInviteFromAPipe() async throws {
        let result = try await run(["--yes", "--role", "worker", "--join", "-"])
        #expect(result.status == DiagnosticCategory.notABundle.exitCode)
    }
}

import BundleModel
import FoundationEssentials
import Host
import Signing
import SystemPackage
import TestSupport
import Testing

/// `keygen` and `key-statement`, their results checked by openssl.
struct KeyTests {
    struct Report: Decodable {
        var number: UInt64
        var signer: String
        var added: [String]
        var revoked: [String]
        var notes: [String]
    }

    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func run(_ arguments: [String], environment: [String: String] = [:]) async throws -> CommandResult {
        try await SystemProcessRunner().run(
            Command(CommandBench.bundler, arguments, environment: environment, timeout: 600))
    }

    /// The prefix of a new key's files.
    private func key(_ name: String) async throws -> String {
        let prefix = scratch.file(name).string
        let made = try await run(["keygen", "--output", prefix, "--no-passphrase"])
        #expect(made.status == 0, "\(made.standardError)")
        return prefix
    }

    private var statement: String { scratch.file("statement.json").string }

    private func make(_ more: [String]) async throws -> CommandResult {
        try await run(
            ["key-statement", "--output", statement, "--format", "json"] + more,
            environment: ["SOURCE_DATE_EPOCH": "1700000000"])
    }

    @Test func opensslVerifiesAStatementThatAddsAndRevokes() async throws {
        let (old, new) = (try await key("old"), try await key("new"))
        let made = try await make(["--add", "\(new).pub", "--revoke", "\(old).pub", "--key", "\(old).key"])
        #expect(made.status == 0, "\(made.standardError)")
        let report = try CanonicalJSON.decode(Report.self, from: Data(made.outputBytes))
        let oldKey = try VerifyingKey(pem: FileSystem.read(FilePath("\(old).pub")))
        let newKey = try VerifyingKey(pem: FileSystem.read(FilePath("\(new).pub")))
        // The clock's, not SOURCE_DATE_EPOCH: what is made later has to count more.
        #expect(report.number > 1_700_000_000)
        #expect(report.signer == KeyFingerprint.text(oldKey.fingerprint))
        #expect(report.added == [KeyFingerprint.text(newKey.fingerprint)])
        #expect(report.revoked == [KeyFingerprint.text(oldKey.fingerprint)])
        #expect(report.notes == [])
        let verified = try await SystemProcessRunner().run(
            Command(
                "openssl",
                [
                    "pkeyutl", "-verify", "-pubin", "-inkey", "\(old).pub", "-rawin", "-in", statement, "-sigfile",
                    "\(statement).sig",
                ]))
        #expect(verified.status == 0, "\(verified.standardError)")
        let text = try #require(try FileSystem.text(FilePath(statement)))
        #expect(
            text.contains("\"number\" : \(report.number)") && text.contains(KeyFingerprint.text(oldKey.fingerprint)))
    }

    @Test func aProgramMaySignAndANumberMayBeGiven() async throws {
        let (old, gone) = (try await key("old"), SHA256Hasher.hash([1]))
        let command = "openssl pkeyutl -sign -rawin -inkey \(old).key -in"
        let made = try await make([
            "--revoke", KeyFingerprint.text(gone), "--number", "7", "--signer", command, "--signer-key", "\(old).pub",
        ])
        #expect(made.status == 0, "\(made.standardError)")
        let report = try CanonicalJSON.decode(Report.self, from: Data(made.outputBytes))
        #expect(report.number == 7 && report.revoked == [KeyFingerprint.text(gone)])
        let bytes = try FileSystem.read(FilePath(statement))
        let signature = try FileSystem.read(FilePath("\(statement).sig"))
        let key = try VerifyingKey(pem: FileSystem.read(FilePath("\(old).pub")))
        #expect(key.isValid(signature: signature, over: bytes))
    }

    @Test func aSigningProgramHasTheTimeThatItWasGiven() async throws {
        let old = try await key("old")
        let program = scratch.file("slow")
        try AtomicFile.write(Array("#!/bin/sh\nexec sleep 600\n".utf8), to: program, mode: 0o755)
        let refused = try await make([
            "--revoke", "\(old).pub", "--signer", program.string, "--signer-key", "\(old).pub", "--signer-timeout", "1",
        ])
        #expect(refused.status == DiagnosticCategory.hostCommandFailed.exitCode)
        #expect(refused.standardError.contains("1 s"), "\(refused.standardError)")
    }

    @Test func aSignerThatRevokesItselfAloneIsWarned() async throws {
        let old = try await key("old")
        let made = try await make(["--revoke", "\(old).pub", "--key", "\(old).key"])
        let report = try CanonicalJSON.decode(Report.self, from: Data(made.outputBytes))
        #expect(report.notes.first?.contains("revokes its own signer") == true)
    }

    @Test func whatCannotBeObeyedOrSignedLeavesNothing() async throws {
        let old = try await key("old")
        let before = try FileSystem.list(scratch.path)
        let refusals: [([String], DiagnosticCategory)] = [
            (["--add", "\(old).pub", "--revoke", "\(old).pub", "--key", "\(old).key"], .invalidInput),
            (["--add", "\(old).key", "--key", "\(old).key"], .invalidInput),
            (["--revoke", "SHA256:zz", "--key", "\(old).key"], .invalidInput),
            (["--revoke", "\(old).pub", "--number", "0", "--key", "\(old).key"], .invalidInput),
            (["--key", "\(old).key"], .usage), (["--revoke", "\(old).pub"], .usage),
            (["--revoke", "\(old).pub", "--key", "\(old).key", "--signer", "true"], .usage),
            (["--revoke", "\(old).pub", "--signer", "true"], .usage),
            (["--revoke", "\(old).pub", "--signer", "true", "--signer-key", "\(old).pub"], .signatureInvalid),
            (["--revoke", "\(old).pub", "--signer", "false", "--signer-key", "\(old).pub"], .hostCommandFailed),
        ]
        for (arguments, category) in refusals {
            let refused = try await make(arguments)
            #expect(refused.status == category.exitCode, "\(arguments): \(refused.standardError)")
            #expect(try FileSystem.list(scratch.path) == before)
        }
    }

    @Test func whoStopsWaitingForASignerKeepsNoStatement() async throws {
        let old = try await key("old")
        // It ends the program that waits for it, and would go on for ever.
        let signer = scratch.file("signer").string
        try AtomicFile.write(
            Array("#!/bin/sh\nkill -INT $PPID\nexec sleep 3600\n".utf8), to: FilePath(signer), mode: 0o755)
        let before = try FileSystem.list(scratch.path)
        let stopped = try await make(["--revoke", "\(old).pub", "--signer", signer, "--signer-key", "\(old).pub"])
        #expect(stopped.status == DiagnosticCategory.interrupted.exitCode, "\(stopped.standardError)")
        #expect(try FileSystem.list(scratch.path) == before)
    }

    @Test func aStatementThatIsThereIsNotReplaced() async throws {
        let old = try await key("old")
        try AtomicFile.write(Array("mine".utf8), to: FilePath("\(statement).sig"))
        let refused = try await make(["--revoke", "\(old).pub", "--key", "\(old).key"])
        #expect(refused.status == DiagnosticCategory.invalidInput.exitCode)
        #expect(try FileSystem.text(FilePath("\(statement).sig")) == "mine")
        #expect(!FileSystem.exists(FilePath(statement)))
    }
}

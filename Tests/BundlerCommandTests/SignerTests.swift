import BundleModel
import Host
import Payload
import Signing
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

/// Bundles signed by a program, and signatures that come later.
@Suite(.serialized)
struct SignerTests {
    /// The prefix of a new key's files.
    private func signer(_ key: String, publicKey: String? = nil) -> [String] {
        [
            "--signer", "openssl pkeyutl -sign -rawin -inkey \(key).key -in", "--signer-key",
            "\(publicKey ?? key).pub",
        ]
    }

    /// `make` with these options instead of `--unsigned`.
    private func make(_ bench: CommandBench, _ name: String, _ more: [String]) async throws -> CommandResult {
        try await bench.run(
            ["make", "--k8s", "v1.20.2", "--output", bench.output.appending(name).string, "--bundle-only"]
                + ["--compression-level", "1", "--progress", "none"] + bench.sources + more)
    }

    @Test func aProgramSignsWhatAKeyWouldSign() async throws {
        try await CommandBench.with { bench in
            let key = try await bench.key()
            let made = try await make(bench, "k8s.run", signer(key))
            #expect(made.status == 0, "\(made.standardError)")
            let output = bench.output.appending("k8s.run")
            let verified = try await bench.run(["verify", output.string, "--trusted-key", "\(key).pub"])
            #expect(verified.status == 0, "\(verified.standardError)")
            let publicKey = try VerifyingKey(pem: FileSystem.read(FilePath("\(key).pub")))
            #expect(
                publicKey.isValid(
                    signature: try FileSystem.read(FilePath("\(output).sha256.sig")),
                    over: try FileSystem.read(FilePath("\(output).sha256"))))
            // Ed25519 has one signature of a key over the same bytes.
            let again = try await bench.run(
                [
                    "make", "--locked", "\(output).lock.json", "--output", bench.output.appending("again.run").string,
                    "--key", "\(key).key", "--progress", "none",
                ] + bench.sources)
            #expect(again.status == 0, "\(again.standardError)")
            for suffix in ["", ".lock.json"] {
                #expect(
                    try SHA256Hasher.hash(file: FilePath("\(output)\(suffix)"))
                        == SHA256Hasher.hash(file: bench.output.appending("again.run\(suffix)")))
            }
        }
    }

    @Test func aSignerThatDoesNotHaveTheKeyLeavesNothing() async throws {
        try await CommandBench.with { bench in
            let (key, other) = (try await bench.key(), try await bench.key("other"))
            let refused = try await make(bench, "k8s.run", signer(key, publicKey: other))
            #expect(refused.status == DiagnosticCategory.signatureInvalid.exitCode)
            #expect(refused.standardError.contains("--signer-key"), "\(refused.standardError)")
            #expect(try bench.left() == [])
            let failing = try await make(
                bench, "k8s.run",
                ["--signer", "openssl pkeyutl -sign -rawin -inkey /none -in"]
                    + ["--signer-key", "\(key).pub"])
            #expect(failing.status == DiagnosticCategory.hostCommandFailed.exitCode)
            // openssl's own words.
            #expect(failing.standardError.contains("/none"), "\(failing.standardError)")
            #expect(try bench.left() == [])
        }
    }

    @Test func oneWhoSignsIsNeededAndOneOnly() async throws {
        try await CommandBench.with { bench in
            let signer = signer("/none")
            for more in [[], signer + ["--unsigned"], signer + ["--key", "/none.key"], Array(signer.prefix(2))] {
                let refused = try await make(bench, "k8s.run", more)
                #expect(refused.status == DiagnosticCategory.usage.exitCode, "\(more)")
            }
            #expect(bench.server.log == [])
        }
    }

    @Test func anIndexIsSignedElsewhereAndAttachedOnce() async throws {
        try await CommandBench.with { bench in
            let (key, other) = (try await bench.key(), try await bench.key("other"))
            let made = try await make(bench, "k8s.run", ["--unsigned"])
            #expect(made.status == 0, "\(made.standardError)")
            let output = bench.output.appending("k8s.run").string
            let index = bench.scratch.path.appending("index").string
            let shown = try await bench.run(["inspect", output, "--extract-index", index])
            #expect(shown.status == 0, "\(shown.standardError)")
            // From bundle.json alone.
            let signed = try await bench.run(["sign", "\(index)/bundle.json", "--output", index] + signer(key))
            #expect(signed.status == 0, "\(signed.standardError)")
            let keyID = try VerifyingKey(pem: FileSystem.read(FilePath("\(key).pub"))).keyID
            let attach = ["attach", output, "--signature", "\(index)/\(keyID).sig", "--public-key"]

            let before = try SHA256Hasher.hash(file: FilePath(output))
            let wrong = try await bench.run(attach + ["\(other).pub"])
            #expect(wrong.status == DiagnosticCategory.signatureInvalid.exitCode)
            #expect(try SHA256Hasher.hash(file: FilePath(output)) == before)

            let attached = try await bench.run(attach + ["\(key).pub"])
            #expect(attached.status == 0, "\(attached.standardError)")
            #expect(try bench.left() == ["k8s.run", "k8s.run.lock.json", "k8s.run.sha256"])
            let sums = try await SystemProcessRunner().run(
                Command("sh", ["-c", "cd \"$0\" && sha256sum -c k8s.run.sha256", bench.output.string]))
            #expect(sums.status == 0, "\(sums.standardOutput)\(sums.standardError)")
            let verified = try await bench.run(["verify", output, "--trusted-key", "\(key).pub"])
            #expect(verified.status == 0, "\(verified.standardError)")

            let after = try SHA256Hasher.hash(file: FilePath(output))
            let twice = try await bench.run(attach + ["\(key).pub"])
            #expect(twice.status == DiagnosticCategory.invalidInput.exitCode)
            #expect(twice.standardError.contains("is there already"), "\(twice.standardError)")
            #expect(try SHA256Hasher.hash(file: FilePath(output)) == after)

            // Several keys may sign one bundle.
            let second = try await bench.run(
                ["sign", "\(index)/bundle.json", "--output", index, "--key", "\(other).key"])
            #expect(second.status == 0, "\(second.standardError)")
            let otherID = try VerifyingKey(pem: FileSystem.read(FilePath("\(other).pub"))).keyID
            let both = try await bench.run([
                "attach", output, "--signature", "\(index)/\(otherID).sig", "--public-key", "\(other).pub",
            ])
            #expect(both.status == 0, "\(both.standardError)")
            #expect(try BundleFile.open(FilePath(output)).signatures.count == 2)
        }
    }

    /// The sidecar that `attach` writes says that the file is good.
    @Test func aSignatureIsNotPutIntoADamagedBundle() async throws {
        try await CommandBench.with { bench in
            let key = try await bench.key()
            let made = try await make(bench, "k8s.run", ["--unsigned"])
            #expect(made.status == 0, "\(made.standardError)")
            let output = bench.output.appending("k8s.run")
            let index = bench.scratch.path.appending("index").string
            _ = try await bench.run(["inspect", output.string, "--extract-index", index])
            _ = try await bench.run(["sign", "\(index)/bundle.json", "--output", index, "--key", "\(key).key"])
            let keyID = try VerifyingKey(pem: FileSystem.read(FilePath("\(key).pub"))).keyID
            let bundle = try BundleFile.open(output)
            var bytes = try FileSystem.read(output)
            bytes[Int(try #require(bundle.regions.first { $0.name == "pack node" }).offset) + 1000] ^= 1
            try AtomicFile.write(bytes, to: output)
            let before = try bench.left().map { try SHA256Hasher.hash(file: bench.output.appending($0)) }
            let attached = try await bench.run([
                "attach", output.string, "--signature", "\(index)/\(keyID).sig", "--public-key", "\(key).pub",
                "--progress", "none",
            ])
            #expect(attached.status == DiagnosticCategory.bundleDamaged.exitCode, "\(attached.standardError)")
            #expect(try bench.left().map { try SHA256Hasher.hash(file: bench.output.appending($0)) } == before)
        }
    }
}

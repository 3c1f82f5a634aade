import BundleModel
import Host
import Payload
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

/// `node-install verify`, by the built program, of bundles that the built bundler made.
@Suite(.serialized)
struct NodeVerifyTests {
    /// Beside the bundler: both are of the same build.
    private static let program = FilePath(CommandBench.bundler).removingLastComponent().appending("node-install")

    private func verify(_ arguments: [String]) async throws -> CommandResult {
        try await SystemProcessRunner().run(Command(Self.program.string, ["verify", "--progress", "none"] + arguments))
    }

    @Test func itSaysWhatBundlerSays() async throws {
        try await CommandBench.with { bench in
            let key = try await bench.key()
            let file = try await bench.signed(by: key)
            let known = try await verify(["--bundle", file.string, "--trusted-key", "\(key).pub"])
            #expect(known.status == 0, "\(known.standardError)")
            #expect(known.standardOutput.hasPrefix("signature  valid, by trusted key SHA256:"))
            #expect(known.standardOutput.contains("\npacks      ") && known.standardOutput.contains("1.20.2"))
            let skipped = try await verify(["--bundle", file.string, "--insecure-skip-signature"])
            #expect(skipped.status == 0 && skipped.standardOutput.hasPrefix("signature  not looked at\n"))
            let form = try await verify(["--bundle", file.string, "--trusted-key", "\(key).pub", "--format", "json"])
            #expect(form.standardOutput.contains("\"headChecked\" : true"), "\(form.standardOutput)")

            // Bundler says the same of it.
            let bundler = try await bench.run([
                "verify", file.string, "--trusted-key", "\(key).pub", "--progress", "none",
            ])
            #expect(bundler.standardOutput == known.standardOutput)
        }
    }

    @Test func whatIsNotBelievedOrNotWholeHasItsExitCode() async throws {
        try await CommandBench.with { bench in
            let (key, other) = (try await bench.key(), try await bench.key("other"))
            let file = try await bench.signed(by: key)
            let stranger = try await verify(["--bundle", file.string, "--trusted-key", "\(other).pub"])
            #expect(stranger.status == DiagnosticCategory.untrustedKey.exitCode, "\(stranger.standardError)")
            let revoked = try await verify([
                "--bundle", file.string, "--trusted-key", "\(key).pub", "--revoked-key", "\(key).pub",
            ])
            #expect(revoked.status != 0)
            var generator = SeededGenerator(seed: RunSettings.seed)
            let bytes = try FileSystem.read(file)
            for _ in 0..<20 {
                var damaged = bytes
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                damaged[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                let copy = bench.output.appending("damaged.run")
                try AtomicFile.write(damaged, to: copy)
                let result = try await verify(["--bundle", copy.string, "--trusted-key", "\(key).pub"])
                #expect(result.status != 0, "byte \(place), seed \(RunSettings.seed)")
                #expect(result.standardOutput.isEmpty)
            }
        }
    }

    @Test func helpHasAnExample() async throws {
        let help = try await SystemProcessRunner().run(Command(Self.program.string, ["verify", "--help"]))
        #expect(help.status == 0 && help.standardOutput.contains("  node-install verify --bundle "))
    }

    /// Its index still names the head.
    @Test func aBundleWithoutItsExecutableIsNotSaidToHaveOne() async throws {
        try await CommandBench.with { bench in
            let key = try await bench.key()
            let bare = bench.output.appending("bare")
            try BundleWriter.writeBare(BundleFile.open(try await bench.signed(by: key)), to: bare)
            let known = try await verify(["--bundle", bare.string, "--trusted-key", "\(key).pub"])
            #expect(known.status == 0, "\(known.standardError)")
            #expect(known.standardOutput.contains("\nexecutable none in this file\n"))
            let bundler = try await bench.run(["verify", bare.string, "--trusted-key", "\(key).pub"])
            #expect(bundler.standardOutput == known.standardOutput)
            let shown = try await bench.run(["inspect", bare.string])
            #expect(shown.standardOutput.contains("\nexecutable  none: use node-install --bundle\n"))
        }
    }
}

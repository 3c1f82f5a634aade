import BundleModel
import Host
import Signing
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

/// Bundles as things: cut, put together, looked into, by the built program.
@Suite(.serialized)
struct ToolTests {
    static let commands = ["diff", "split", "repair", "merge", "extract", "sbom", "verify"]

    /// A signed bundle with a head, and the public key.
    private func make(_ bench: CommandBench) async throws -> (file: FilePath, key: String) {
        let key = try await bench.key()
        return (try await bench.signed(by: key, ["--original-layers", "k8s.gcr.io/pause:3.2"]), "\(key).pub")
    }

    @Test(arguments: commands)
    func everyCommandShowsHowItIsUsed(_ command: String) async throws {
        let help = try await SystemProcessRunner().run(Command(CommandBench.bundler, [command, "--help"]))
        #expect(help.status == 0 && help.standardOutput.contains("  bundler \(command) "), "\(help.standardOutput)")
    }

    @Test func volumesAreVerifiedInPlaceAndWhatIsWrongIsNamed() async throws {
        try await CommandBench.with { bench in
            let (file, key) = try await make(bench)
            let set = bench.output.appending("set")
            let split = try await bench.run([
                "split", file.string, "--output", set.string, "--volume-size", "9k", "--progress", "none",
            ])
            #expect(split.status == 0, "\(split.standardError)")
            #expect(split.standardOutput.contains("\(set).001"), "\(split.standardOutput)")
            let first = "\(set).001"
            let verified = try await bench.run(["verify", first, "--trusted-key", key, "--deep", "--progress", "none"])
            #expect(verified.status == 0, "\(verified.standardError)")
            #expect(verified.standardOutput.contains("images     7 whole"), "\(verified.standardOutput)")
            let shown = try await bench.run(["inspect", first])
            #expect(shown.standardOutput.contains("volume      \(first)\n"), "\(shown.standardOutput)")

            let second = FilePath("\(set).002")
            let kept = try FileSystem.read(second)
            try FileSystem.remove(second)
            let missing = try await bench.run(["verify", first, "--trusted-key", key])
            #expect(missing.status == DiagnosticCategory.bundleDamaged.exitCode)
            #expect(missing.standardError.contains("\(second): volume 2 of "), "\(missing.standardError)")
            try AtomicFile.write(kept.dropLast(), to: second)
            let cut = try await bench.run(["verify", first, "--trusted-key", key])
            #expect(cut.status == DiagnosticCategory.bundleDamaged.exitCode)
            #expect(cut.standardError.contains("should have 9000 bytes and has 8999"), "\(cut.standardError)")

            let whole = bench.output.appending("whole.run")
            let repaired = try await bench.run([
                "repair", first, "--from", file.string, "--trusted-key", key, "--output", whole.string,
                "--progress", "none",
            ])
            #expect(repaired.status == 0, "\(repaired.standardError)")
            #expect(try SHA256Hasher.hash(file: whole) == SHA256Hasher.hash(file: file))
        }
    }

    @Test func whatNobodyTrustedSignedIsNotTakenApart() async throws {
        try await CommandBench.with { bench in
            let (file, _) = try await make(bench)
            let folder = bench.output.appending("apart")
            let base = ["extract", file.string, "--files", "--output", folder.string]
            #expect(try await bench.run(base).status == DiagnosticCategory.usage.exitCode)
            let nothing = try await bench.run(["extract", file.string, "--insecure-skip-signature", "--output", "x"])
            #expect(nothing.status == DiagnosticCategory.usage.exitCode)
            let fingerprint = "SHA256:\(String(repeating: "0", count: 64))"
            let refused = try await bench.run(base + ["--trusted-key", fingerprint])
            #expect(refused.status == DiagnosticCategory.untrustedKey.exitCode, "\(refused.standardError)")
            #expect(!FileSystem.exists(folder))
            let taken = try await bench.run(base + ["--insecure-skip-signature", "--progress", "none"])
            #expect(taken.status == 0, "\(taken.standardError)")
            #expect(FileSystem.exists(folder.pushing("files/usr/local/bin/kubelet")))
        }
    }

    @Test(.enabled(if: FileSystem.exists("/usr/bin/skopeo"), "SKIPPED: needs skopeo"))
    func skopeoInspectsWhatIsExtracted() async throws {
        try await CommandBench.with { bench in
            let (file, key) = try await make(bench)
            let folder = bench.output.appending("apart")
            let taken = try await bench.run([
                "extract", file.string, "--images", "oci", "--trusted-key", key, "--output", folder.string,
                "--progress", "none", "--format", "json",
            ])
            #expect(taken.status == 0, "\(taken.standardError)")
            let digest = try await SystemProcessRunner().require(
                Command(
                    "skopeo",
                    [
                        "inspect", "--override-arch", "amd64", "--format", "{{.Digest}}",
                        "oci:\(folder)/images:k8s.gcr.io/pause:3.2",
                    ]))
            let line = digest.standardOutput.split(separator: "\n").first.map(String.init) ?? ""
            #expect(line.hasPrefix("sha256:") && taken.standardOutput.contains("\"digest\" : \"\(line)\""))
        }
    }

    @Test func theListIsTheSameEachTimeAndForVolumes() async throws {
        try await CommandBench.with { bench in
            let (file, _) = try await make(bench)
            let set = bench.output.appending("set").string
            let split = try await bench.run(["split", file.string, "--output", set, "--volume-size", "9k"])
            #expect(split.status == 0, "\(split.standardError)")
            for (form, words) in [("spdx", "\"SPDX-2.3\""), ("cyclonedx", "\"CycloneDX\"")] {
                let one = try await bench.run(["sbom", file.string, "--format", form])
                let two = try await bench.run(["sbom", "\(set).002", "--format", form])
                #expect(one.status == 0 && one.standardOutput.contains(words), "\(one.standardError)")
                #expect(one.standardOutput == two.standardOutput)
                #expect(one.standardOutput.contains("pkg:generic/kubelet@1.20.2"))
            }
            let list = bench.output.appending("list.json")
            let write = ["sbom", file.string, "--format", "spdx", "--output"]
            #expect(try await bench.run(write + [list.string]).status == 0)
            #expect(FileSystem.exists(list))
            let before = try SHA256Hasher.hash(file: file)
            let slip = try await bench.run(write + [file.string])
            #expect(slip.status == DiagnosticCategory.invalidInput.exitCode, "\(slip.standardError)")
            #expect(try SHA256Hasher.hash(file: file) == before)
        }
    }

    @Test func aSizeThatIsNoneIsAUsageError() async throws {
        for size in ["0", "-1", "9x", "k", "99999999999999999999", "99999999999G"] {
            let result = try await SystemProcessRunner().run(
                Command(CommandBench.bundler, ["split", "x", "--volume-size=\(size)"]))
            #expect(result.status == DiagnosticCategory.usage.exitCode, "\(size): \(result.standardError)")
        }
    }
}

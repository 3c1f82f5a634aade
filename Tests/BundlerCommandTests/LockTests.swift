import BundleModel
import Host
import Payload
import Signing
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

/// The same lock, tools and keys give the same bytes; other ones are refused by name.
@Suite(.serialized)
struct LockTests {
    private func head(_ bench: CommandBench, _ name: String, tail: [UInt8] = []) throws -> String {
        let path = bench.scratch.path.appending(name)
        try AtomicFile.write(SampleExecutable.bytes(tail: tail), to: path, mode: 0o755)
        return path.string
    }

    /// `make` of `first.run`, with a head and a signature.
    private func first(_ bench: CommandBench, key: String, head: String) async throws -> FilePath {
        let output = bench.output.appending("first.run")
        let made = try await bench.run(
            ["make", "--k8s", "v1.20.2", "--key", "\(key).key", "--node-install", head, "--compression-level", "1"]
                + bench.sources + ["--progress", "none", "--threads", "2", "--output", output.string])
        #expect(made.status == 0, "\(made.standardError)")
        return output
    }

    private func again(_ bench: CommandBench, _ first: FilePath, _ more: [String]) throws -> [String] {
        try ["make", "--locked", "\(first).lock.json", "--output", bench.output.appending("again.run").string]
            + bench.sources + ["--progress", "none"] + more
    }

    @Test func lockedMakeGivesTheSameBytesAndTheyVerify() async throws {
        try await CommandBench.with { bench in
            let key = try await bench.key()
            let head = try head(bench, "node-install")
            let first = try await first(bench, key: key, head: head)
            // Another cache and another number of threads: neither is in the bytes.
            let cache = bench.scratch.path.appending("other-cache").string
            let more = ["--key", "\(key).key", "--node-install", head, "--cache", cache, "--threads", "1"]
            let made = try await bench.run(again(bench, first, more))
            #expect(made.status == 0, "\(made.standardError)")
            let second = bench.output.appending("again.run")
            // By digest: a difference of megabytes takes minutes to describe.
            #expect(try SHA256Hasher.hash(file: first) == SHA256Hasher.hash(file: second))
            #expect(
                try FileSystem.read(FilePath("\(first).lock.json")) == FileSystem.read(FilePath("\(second).lock.json")))
            let verified = try await bench.run(["verify", second.string, "--trusted-key", "\(key).pub"])
            #expect(verified.status == 0, "\(verified.standardError)")
        }
    }

    @Test func aBundleOfXzIsMadeVerifiedAndMadeAgain() async throws {
        try await CommandBench.with { bench in
            let key = try await bench.key()
            let output = bench.output.appending("first.run")
            let made = try await bench.run(
                [
                    "make", "--k8s", "v1.20.2", "--key", "\(key).key", "--bundle-only", "--compression", "xz",
                    "--compression-level", "0", "--original-layers", "k8s.gcr.io/etcd:3.4.13-0",
                ] + bench.sources + ["--progress", "none", "--output", output.string])
            #expect(made.status == 0, "\(made.standardError)")
            let verified = try await bench.run(["verify", output.string, "--trusted-key", "\(key).pub"])
            #expect(verified.status == 0, "\(verified.standardError)")
            let shown = try await bench.run(["inspect", output.string]).standardOutput
            #expect(shown.contains("  documents             all ") && shown.contains("  layers-control-plane  master "))
            #expect(shown.split(separator: "\n").contains { $0.contains("etcd:3.4.13-0") && $0.contains(" original ") })
            #expect(shown.split(separator: "\n").contains { $0.contains("pause:3.2") && $0.contains(" unpacked ") })
            let second = try await bench.run(
                again(bench, output, ["--key", "\(key).key", "--compression", "xz", "--threads", "1"]))
            #expect(second.status == 0, "\(second.standardError)")
            #expect(
                try SHA256Hasher.hash(file: output) == SHA256Hasher.hash(file: bench.output.appending("again.run")))
        }
    }

    @Test func anotherHeadOrCompressionIsRefusedNamingBothSides() async throws {
        try await CommandBench.with { bench in
            let key = try await bench.key()
            let head = try head(bench, "node-install")
            let other = try self.head(bench, "other-install", tail: [1])
            let first = try await first(bench, key: key, head: head)
            let before = try bench.left()
            let refusals: [([String], String)] = [
                (["--node-install", other], "node-install is sha256:"),
                (["--bundle-only"], "node-install is none, locked was sha256:"),
                (["--node-install", head, "--compression-level", "2"], "compression level is 2, locked was 1"),
                (["--node-install", head, "--compression", "xz"], "compression is xz, locked was zstd"),
            ]
            for (more, words) in refusals {
                let refused = try await bench.run(again(bench, first, ["--key", "\(key).key"] + more))
                #expect(refused.status == DiagnosticCategory.invalidInput.exitCode)
                #expect(refused.standardError.contains("the lock cannot be kept: "), "\(refused.standardError)")
                #expect(refused.standardError.contains(words), "\(refused.standardError)")
                #expect(refused.standardError.contains("without --locked"))
                #expect(try bench.left() == before)
            }
        }
    }

    /// A lock of `first.run` in a folder of its own, changed in its text.
    private func changed(_ bench: CommandBench, _ first: FilePath, _ change: (String) -> String) throws -> FilePath {
        let folder = bench.scratch.path.appending("elsewhere")
        try FileSystem.makeDirectories(folder)
        let text = try #require(try FileSystem.text(FilePath("\(first).lock.json")))
        let path = folder.appending("lock.json")
        try AtomicFile.write(Array(change(text).utf8), to: path)
        return path
    }

    private func make(_ bench: CommandBench, locked: FilePath, _ more: [String]) async throws -> CommandResult {
        let output = locked.removingLastComponent().appending("again.run").string
        return try await bench.run(
            ["make", "--locked", locked.string, "--output", output, "--progress", "plain"] + bench.sources + more)
    }

    @Test func whatComesOutOtherwiseIsRefusedNamingThePack() async throws {
        try await CommandBench.with { bench in
            let key = try await bench.key()
            let head = try head(bench, "node-install")
            let first = try await first(bench, key: key, head: head)
            let index = try BundleFile.open(first).index
            let pack = try #require(index.packs.first)
            let zeros = "sha256:\(String(repeating: "0", count: 64))"
            let bytes = SHA256Hasher.hash(try BundleFile.open(first).indexBytes)
            let cases: [(change: (String) -> String, words: String, category: DiagnosticCategory)] = [
                (
                    { $0.replacing(pack.digest.description, with: zeros).replacing(bytes.description, with: zeros) },
                    "pack \(pack.name) is \(pack.digest)", .invalidInput
                ),
                ({ $0.replacing(bytes.description, with: zeros) }, "bundle.json is \(bytes)", .invalidInput),
                (
                    { $0.replacing("\"libzstd\" : \"", with: "\"libzstd\" : \"9.") }, "libzstd is ",
                    .invalidInput
                ),
                (
                    { $0.replacing(index.lock.artifacts[0].sha256.description, with: zeros) },
                    index.lock.artifacts[0].name, .upstreamMismatch
                ),
            ]
            for (change, words, category) in cases {
                let lock = try changed(bench, first, change)
                let refused = try await make(bench, locked: lock, ["--key", "\(key).key", "--node-install", head])
                #expect(refused.status == category.exitCode, "\(refused.standardError)")
                #expect(refused.standardError.contains(words), "\(refused.standardError)")
                #expect(try FileSystem.list(lock.removingLastComponent()) == ["lock.json"])
            }
        }
    }

    @Test func theLockIsEnoughInAnotherFolderAndAnotherSignerIsSaid() async throws {
        try await CommandBench.with { bench in
            let key = try await bench.key()
            let head = try head(bench, "node-install")
            let first = try await first(bench, key: key, head: head)
            let lock = try changed(bench, first) { $0 }
            let again = try await make(bench, locked: lock, ["--unsigned", "--node-install", head])
            #expect(again.status == 0, "\(again.standardError)")
            #expect(again.standardOutput.contains("signed by nobody"), "\(again.standardOutput)")
            let made = try BundleFile.open(lock.removingLastComponent().appending("again.run"))
            #expect(try made.indexBytes == BundleFile.open(first).indexBytes)
        }
    }

    @Test func aLowerSequenceIsNotedAndAHigherOneIsGoneOnFrom() async throws {
        try await CommandBench.with { bench in
            let high = UInt64(99_999_999_999)
            func make(_ more: [String]) async throws -> (sequence: UInt64, said: String) {
                let made = try await bench.run(bench.makeArguments(["--progress", "plain"] + more))
                #expect(made.status == 0, "\(made.standardError)")
                let index = try BundleFile.open(bench.output.appending("k8s.run")).index
                return (index.sequence, made.standardError)
            }
            let first = try await make(["--sequence", "\(high)"])
            #expect(first.sequence == high && !first.said.contains("sequence: "))
            let next = try await make([])
            #expect(next.sequence == high + 1 && next.said.contains("sequence: "), "\(next.said)")
            let older = try await make(["--sequence", "5"])
            #expect(older.sequence == 5 && older.said.contains("without --allow-older"), "\(older.said)")
            let other = try await make(["--product-line", "edge"])
            #expect(other.sequence < high && !other.said.contains("sequence: "), "\(other.said)")
        }
    }
}

import BundleModel
import Host
import Signing
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

/// A cache whose disk does not keep what it was given.
@Suite(.serialized)
struct DamagedCacheTests {
    @Test func everyDamagedFileIsFetchedAgainAndTheBytesAreTheSame() async throws {
        var generator = SeededGenerator(seed: RunSettings.seed)
        let environment = ["SOURCE_DATE_EPOCH": "1700000000"]
        try await CommandBench.with { bench in
            let made = try await bench.run(bench.makeArguments(), environment: environment)
            #expect(made.status == 0, "\(made.standardError)")
            let first = try SHA256Hasher.hash(file: bench.output.appending("k8s.run"))
            let cache = bench.scratch.file("cache")
            for folder in [cache.pushing("blobs/sha256"), cache.appending("documents")] {
                let names = try FileSystem.list(folder)
                #expect(!names.isEmpty)
                for name in names {
                    var bytes = try FileSystem.read(folder.appending(name))
                    // A wrong byte, or the end is gone.
                    let place = Int.random(in: 0..<max(1, bytes.count), using: &generator)
                    if bytes.isEmpty || generator.chance(50) {
                        bytes = Array(bytes.prefix(place))
                    } else {
                        bytes[place] ^= 0x55
                    }
                    try AtomicFile.write(bytes, to: folder.appending(name))
                }
            }
            let again = try await bench.run(
                bench.makeArguments(["--progress", "plain"]), environment: environment)
            #expect(again.status == 0, "seed \(RunSettings.seed): \(again.standardError)")
            #expect(again.standardError.contains("is damaged"), "\(again.standardError)")
            #expect(try SHA256Hasher.hash(file: bench.output.appending("k8s.run")) == first)
        }
    }
}

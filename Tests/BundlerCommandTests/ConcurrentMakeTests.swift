import BundleBuild
import BundleModel
import Host
import Signing
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

/// Two makes that share a cache, started together.
@Suite(.serialized)
struct ConcurrentMakeTests {
    @Test func twoMakesAtOnceFetchEverythingOnceAndGiveTheSameBytes() async throws {
        try await CommandBench.with { bench in
            let kubelet = try #require(bench.plan.artifact(named: "kubelet"))
            try await bench.upstream.replace(kubelet, program: SampleLayer.noise(5 << 20))
            let environment = ["SOURCE_DATE_EPOCH": "1700000000"]
            // Slow enough that each finds the other at work.
            let arguments = try bench.makeArguments(["--limit-rate", "4M"])
            let other = arguments + ["--output", bench.output.appending("other.run").string]
            async let first = bench.run(arguments, environment: environment)
            async let second = bench.run(other, environment: environment)
            for made in [try await first, try await second] { #expect(made.status == 0, "\(made.standardError)") }

            let names = ["k8s.run", "other.run"]
            #expect(try bench.left() == names.flatMap { [$0, "\($0).lock.json", "\($0).sha256"] })
            let digests = try names.map { try SHA256Hasher.hash(file: bench.output.appending($0)) }
            #expect(Set(digests).count == 1)
            // Documents have no digest beforehand and are asked for by each; files and layers are not.
            let files = bench.server.log.filter { line in
                line.hasPrefix("GET ") && (line.contains("/blobs/") || line.contains("/amd64/kubelet bytes="))
            }
            #expect(files.count > 3)
            #expect(Set(files).count == files.count, "\(files)")
            #expect(try FileSystem.list(bench.scratch.file("cache").appending("partial")) == [])
        }
    }
}

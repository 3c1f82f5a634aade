import BundleModel
import Host
import Payload
import Signing
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

/// `make --arch amd64,arm64` by the built bundler: programs and images of the upstream differ by architecture, and name
/// theirs. They are small, and kubeadm is a stand-in (`UpstreamFolder`).
@Suite(.serialized)
struct SeveralArchitecturesTests {
    /// A node-install for each architecture, which none of them could run.
    private static func head(_ architecture: CPUArchitecture) -> [UInt8] {
        switch architecture {
        case .amd64: SampleExecutable.bytes(machine: 62)
        case .arm64: SampleExecutable.bytes(machine: 183)
        }
    }

    private func with(_ body: (CommandBench) async throws -> Void) async throws {
        try await CommandBench.with(architectures: CPUArchitecture.allCases) { bench in
            for architecture in CPUArchitecture.allCases {
                try AtomicFile.write(Self.head(architecture), to: headPath(bench, architecture), mode: 0o755)
            }
            try await body(bench)
        }
    }

    private func headPath(_ bench: CommandBench, _ architecture: CPUArchitecture) -> FilePath {
        bench.scratch.file("node-install-\(architecture.rawValue)")
    }

    private func file(_ bench: CommandBench, _ architecture: CPUArchitecture) -> FilePath {
        bench.output.appending("k8s-\(architecture.rawValue).run")
    }

    /// Makes a signed bundle of each architecture.
    ///
    /// - Parameter key: prefix of the key that signs them.
    private func make(_ bench: CommandBench, key: String) async throws {
        var arguments = ["make", "--k8s", "v1.20.2", "--arch", "amd64,arm64", "--key", "\(key).key"]
        for architecture in CPUArchitecture.allCases {
            arguments += ["--node-install", "\(architecture.rawValue)=\(headPath(bench, architecture))"]
        }
        arguments += ["--compression-level", "1", "--progress", "none"]
        arguments += ["--output", bench.output.appending("k8s.run").string]
        let made = try await bench.run(arguments + bench.sources)
        try #require(made.status == 0, "\(made.standardError)")
    }

    @Test func eachBundleIsWholeAndHasItsOwnProgramsAndImages() async throws {
        try await with { bench in
            let key = try await bench.key()
            try await make(bench, key: key)
            let endings = ["", ".lock.json", ".sha256", ".sha256.sig"]
            let names = CPUArchitecture.allCases.flatMap { one in endings.map { "k8s-\(one.rawValue).run\($0)" } }
            #expect(try bench.left() == names)

            var indexes: [BundleIndex] = []
            for architecture in CPUArchitecture.allCases {
                let file = file(bench, architecture)
                let verify = ["verify", file.string, "--trusted-key", "\(key).pub", "--deep", "--progress", "none"]
                let verified = try await bench.run(verify)
                #expect(verified.status == 0, "\(verified.standardError)")
                #expect(verified.standardOutput.contains("images     7 whole"), "\(verified.standardOutput)")
                let index = try BundleFile.open(file).index
                #expect(index.architecture == architecture)
                #expect(index.head?.sha256 == SHA256Hasher.hash(Self.head(architecture)))
                try requireOwnContent(of: index)
                indexes.append(index)
            }
            let (amd64, arm64) = (indexes[0], indexes[1])
            #expect(amd64.releaseID == arm64.releaseID && amd64.release == arm64.release)
            #expect(amd64.productLine == arm64.productLine && amd64.sequence == arm64.sequence)
            #expect(amd64.createdAt == arm64.createdAt)
            // One index of all architectures, and in it a manifest for each.
            #expect(amd64.lock.images.map(\.digest) == arm64.lock.images.map(\.digest))
            #expect(Set(amd64.lock.images.map(\.manifest)).isDisjoint(with: arm64.lock.images.map(\.manifest)))

            let merged = bench.output.appending("merged")
            let files = CPUArchitecture.allCases.map { file(bench, $0).string }
            let options = ["--trusted-key", "\(key).pub", "--output", merged.string, "--progress", "none"]
            let result = try await bench.run(["merge"] + files + options)
            #expect(result.status == 0, "\(result.standardError)")
            for architecture in CPUArchitecture.allCases {
                let bundle = try BundleFile.open(merged.appending("bundle-\(architecture.rawValue)"))
                #expect(bundle.index.architecture == architecture)
                let head = try FileSystem.read(merged.appending("node-install-\(architecture.rawValue)"))
                #expect(head == Self.head(architecture))
            }
        }
    }

    /// Programs and layers are those that name the bundle's architecture, and none is another's.
    private func requireOwnContent(of index: BundleIndex) throws {
        let mark = UpstreamFolder.mark(index.architecture)
        let members = index.packs.flatMap(\.members)
        for (path, content) in [
            ("usr/local/bin/kubelet", "program kubelet"), ("usr/local/bin/runc", "program runc"),
            ("usr/local/bin/containerd", "program bin/containerd"), ("opt/cni/bin/bridge", "program bridge"),
        ] {
            let member = try #require(members.first { $0.path == path })
            #expect(member.sha256 == SHA256Hasher.hash(Array("\(content)\(mark)".utf8)), "\(path)")
        }
        let paths = Set(members.map(\.path))
        let sources = index.lock.artifacts.map(\.source)
        for architecture in CPUArchitecture.allCases {
            let isOwn = architecture == index.architecture
            for name in UpstreamFolder.images {
                let layer = SampleLayer("own", "layer of \(name)\(UpstreamFolder.mark(architecture))", .none)
                #expect(paths.contains(ImageMember.layer(layer.diffID).path) == isOwn, "\(name) \(architecture)")
            }
            let fetched = sources.filter { $0.contains(architecture.rawValue) }
            #expect(fetched.isEmpty != isOwn, "\(fetched)")
        }
    }

    @Test func aLockFetchesNothingOfAnotherArchitecture() async throws {
        try await with { bench in
            let key = try await bench.key()
            try await make(bench, key: key)
            for architecture in CPUArchitecture.allCases {
                let others = CPUArchitecture.allCases.filter { $0 != architecture }.map(\.rawValue)
                let first = file(bench, architecture)
                let again = bench.output.appending("again-\(architecture.rawValue).run")
                let asked = bench.server.log.count
                let options = [
                    "make", "--locked", "\(first).lock.json", "--key", "\(key).key", "--output", again.string,
                    "--node-install", headPath(bench, architecture).string, "--progress", "none",
                ]
                let cache = ["--cache", bench.scratch.file("cache-\(architecture.rawValue)").string]
                let made = try await bench.run(options + bench.sources + cache)
                #expect(made.status == 0, "\(made.standardError)")
                #expect(try SHA256Hasher.hash(file: first) == SHA256Hasher.hash(file: again))
                let requests = bench.server.log.dropFirst(asked)
                #expect(requests.contains { $0.contains("/\(architecture.rawValue)/kubeadm") })
                #expect(!requests.contains { request in others.contains { request.contains($0) } })
            }
        }
    }

    @Test func withoutANetworkTheSameKubeadmIsAskedAgain() async throws {
        try await with { bench in
            for architecture in CPUArchitecture.allCases {
                let arguments = try bench.makeArguments(["--arch", architecture.rawValue])
                let first = try await bench.run(arguments)
                #expect(first.status == 0, "\(first.standardError)")
                let asked = bench.server.log.count
                let again = try await bench.run(arguments + ["--offline"])
                #expect(again.status == 0, "\(again.standardError)")
                #expect(!again.standardOutput.contains("its image list is the matrix's"), "\(again.standardOutput)")
                #expect(bench.server.log.count == asked)
            }
        }
    }
}

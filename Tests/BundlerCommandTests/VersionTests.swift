import BundleModel
import Host
import SystemPackage
import Testing
import UpstreamTestSupport

struct VersionTests {
    @Test(arguments: ["plan", "make"])
    func unknownVersionNamesTheNearestKnownOnes(command: String) async throws {
        try await CommandBench.with { bench in
            let arguments = try command == "make" ? bench.makeArguments() : ["plan", "--k8s", "x", "--offline"]
            let wanted = arguments.map { $0 == "v1.20.2" || $0 == "x" ? "v1.33.99" : $0 }
            let result = try await bench.run(wanted)
            #expect(result.status == DiagnosticCategory.unknownVersion.exitCode)
            #expect(result.standardError.contains("Kubernetes 1.33.99"))
            #expect(result.standardError.contains("nearest known versions are 1.33.11, 1.33.12, 1.33.13"))
            #expect(bench.server.log == [])
            #expect(try bench.left() == [])
        }
    }

    @Test func impossibleCombinationNamesTheRuleAndItsSource() async throws {
        try await CommandBench.with { bench in
            let result = try await bench.run(
                bench.makeArguments(["--containerd", "1.7.20"]).map { $0 == "v1.20.2" ? "v1.33.6" : $0 })
            #expect(result.status == DiagnosticCategory.incompatibleVersions.exitCode)
            for word in ["rule containerd-minimum", "1.7.24", "1.7.20", "RELEASES.md", "--allow-untested"] {
                #expect(result.standardError.contains(word), "\(result.standardError)")
            }
            #expect(bench.server.log == [])
            #expect(try bench.left() == [])
        }
    }

    @Test(arguments: [
        ["make", "--k8s", "v1.20.2", "--output", "x"], ["make", "--unsigned", "--output", "x"],
        ["make", "--locked", "l", "--containerd", "1.6.20", "--unsigned", "--output", "x"],
        ["plan", "--retries", "-1"], ["plan", "--offline"], ["plan", "--k8s", "v1.20.2", "--arch", "riscv64"],
        ["make", "--k8s", "v1.20.2", "--locked", "l", "--unsigned", "--output", "x"],
    ])
    func commandLineThatSaysTooLittleOrTooMuchIsAUsageError(arguments: [String]) async throws {
        try await CommandBench.with { bench in
            let result = try await bench.run(arguments)
            #expect(result.status == DiagnosticCategory.usage.exitCode)
            #expect(result.standardError.hasPrefix("Error: "))
        }
    }

    @Test func aFreshBundleFilePlansAndIsNotOverwritten() async throws {
        try await CommandBench.with { bench in
            let file = bench.output.appending("bundle.yaml").string
            let first = try await bench.run(["init", "--output", file])
            #expect(first.status == 0 && first.standardOutput.contains("bundler plan -f \(file)"))
            let plan = try await bench.run(["plan", "-f", file, "--offline"] + bench.sources)
            #expect(plan.status == 0, "\(plan.standardError)")
            #expect(plan.standardOutput.hasPrefix("Kubernetes 1."))
            let second = try await bench.run(["init", "--output", file])
            #expect(second.status == DiagnosticCategory.invalidInput.exitCode)
            #expect(second.standardError.contains("exists already"))
            #expect(try bench.left() == ["bundle.yaml"])
        }
    }

    @Test func optionsWinOverTheFile() async throws {
        try await CommandBench.with { bench in
            let file = bench.output.appending("bundle.yaml")
            let text = """
                kubernetes: v1.33
                network: calico
                addOns: [etcdctl@3.5.24]
                architectures: [amd64, arm64]
                sources: {kubernetes: https://dl.example, etcd: https://etcd.example}
                """
            try AtomicFile.write(Array(text.utf8), to: file)
            let options = ["--k8s", "v1.33.6", "--cni", "none", "--source", "etcd=https://mirror.example"]
            let result = try await bench.run(["plan", "-f", file.string, "--offline"] + options)
            #expect(result.status == 0, "\(result.standardError)")
            let plans = result.standardOutput.split(
                separator: "Kubernetes 1.33.6, ", omittingEmptySubsequences: false)
            #expect(plans.count == 3 && plans[1].contains("amd64: ") && plans[2].contains("arm64: "))
            #expect(!result.standardOutput.contains("calico"))
            #expect(result.standardOutput.contains("https://dl.example/release/v1.33.6/bin/linux/arm64/kubelet"))
            #expect(result.standardOutput.contains("https://mirror.example/v3.5.24/etcd-v3.5.24-linux-amd64.tar.gz"))
            #expect(!result.standardOutput.contains("etcd.example"))
            // One bundle is one architecture here.
            let one = try await bench.run(["plan", "-f", file.string, "--offline", "--format", "json"] + options)
            #expect(one.standardOutput.contains("\"plans\""))
        }
    }

    @Test func aWrongKeyOfTheFileIsNamedWithItsLine() async throws {
        try await CommandBench.with { bench in
            let file = bench.output.appending("bundle.yaml")
            try AtomicFile.write(Array("kubernetes: v1.20.2\nnetwrk: calico\n".utf8), to: file)
            let make = ["make", "-f", file.string, "--unsigned", "--bundle-only", "--output"]
            let result = try await bench.run(make + [bench.output.appending("k8s.run").string])
            #expect(result.status == DiagnosticCategory.invalidInput.exitCode)
            #expect(result.standardError.contains("line 2: unknown key 'netwrk'"))
            #expect(try bench.left() == ["bundle.yaml"])
        }
    }

    @Test(arguments: ["v1.33", "v1.33.6"])
    func theMatrixOfOneLineShowsWhatGoesWithItAndWhy(version: String) async throws {
        try await CommandBench.with { bench in
            let text = try await bench.run(["matrix", "--k8s", version]).standardOutput
            #expect(text.contains("1.33.0 to 1.33.13") && !text.contains("1.32.0 to"))
            #expect(text.contains("metrics-server") && text.contains("RELEASES.md") && !text.contains("SRC120"))
            let unknown = try await bench.run(["matrix", "--k8s", "v1.99"])
            #expect(unknown.status == DiagnosticCategory.unknownVersion.exitCode)
        }
    }
}

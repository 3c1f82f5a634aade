import BundleModel
import Testing

@testable import InstallCore

struct PreflightTests {
    static let good: NodeFacts = {
        var facts = NodeFacts()
        facts.machine = "x86_64"
        facts.osRelease = "debian-12"
        facts.kernel = "6.1.0-56-amd64"
        facts.cgroupVersion = 2
        facts.memoryMB = 4096
        facts.cpus = 2
        facts.hostName = "m0"
        facts.defaultRouteInterface = "eth0"
        facts.interfaces = [
            .init(name: "lo", address: IPv4Address(value: 0x7F00_0001)),
            .init(name: "eth0", address: IPv4Address(value: 0x0A4D_000A)),
        ]
        facts.volumes = [
            .init(path: "/usr/local/bin", device: 1, freeBytes: 10_000, isNoExec: false, type: "ext4"),
            .init(path: "/var/lib/containerd", device: 1, freeBytes: 10_000, isNoExec: false, type: "ext4"),
        ]
        facts.now = 2_000_000_000
        facts.productUUID = "1"
        return facts
    }()

    static func needs(_ role: NodeRole = .master) throws -> Requirements {
        Requirements(
            role: role, architecture: .amd64, kubernetes: SemanticVersion(1, 33, 6), osReleases: ["debian-12"],
            createdAt: 1_900_000_000, bytes: ["/usr/local/bin": 4000, "/var/lib/containerd": 6000],
            podCIDR: try #require(IPv4Block("10.244.0.0/16")), serviceCIDR: try #require(IPv4Block("10.96.0.0/12")))
    }

    private func errors(_ facts: NodeFacts, _ needs: Requirements) -> [String] {
        PreflightEvaluation(facts: facts, needs: needs).findings.filter { $0.severity == .error }.map(\.id)
    }

    @Test func aGoodNodePasses() throws {
        #expect(PreflightEvaluation(facts: Self.good, needs: try Self.needs()).findings.isEmpty)
    }

    @Test func aNodeThatJoinsIsHeldAgainstItsClustersNetworksOnly() throws {
        var facts = Self.good
        facts.interfaces[1].address = IPv4Address(value: 0x0AF4_0001)
        var needs = try Self.needs(.worker)
        #expect(errors(facts, needs) == ["cidr"])
        needs.knowsNetworks = false
        #expect(errors(facts, needs) == [])
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var id: String
        var category: DiagnosticCategory = .preflightFailed
        var change: @Sendable (inout NodeFacts) -> Void
        var testDescription: String { id }
    }

    static let rows: [Row] = [
        Row(id: "root", category: .notRoot) { $0.uid = 1000 },
        Row(id: "hostname") { $0.hostName = "Master_1" },
        Row(id: "hostname") { $0.hostName = "localhost" },
        Row(id: "hostname") { $0.hostName = String(repeating: "a", count: 64) },
        Row(id: "systemd") { $0.hasSystemd = false },
        Row(id: "architecture") { $0.machine = "aarch64" },
        Row(id: "kernel") { $0.kernel = "3.10.0-1160.el7" },
        Row(id: "cgroup") { $0.cgroupVersion = 0 },
        Row(id: "selinux", category: .foreignState) { $0.selinuxEnforcing = true },
        Row(id: "memory") { $0.memoryMB = 1699 },
        Row(id: "cpus") { $0.cpus = 1 },
        Row(id: "disk", category: .noSpace) {
            $0.volumes[0].freeBytes = 9_999
            $0.volumes[1].freeBytes = 9_999
        },
        Row(id: "noexec") { $0.volumes[0].isNoExec = true },
        Row(id: "image-store") { $0.volumes[1].type = "overlay" },
        Row(id: "port-6443") { $0.listeners = [.init(port: 6443, process: "nginx")] },
        Row(id: "port-2381") { $0.listeners = [.init(port: 2381, process: "etcd")] },
        Row(id: "port-10248") { $0.listeners = [.init(port: 10248, process: "kubelet")] },
        Row(id: "port-7443") { $0.listeners = [.init(port: 7443, process: nil)] },
        Row(id: "runtime-docker", category: .foreignState) { $0.runtimeUnits = ["docker.service"] },
        Row(id: "runtime-cri-o", category: .foreignState) { $0.runtimeUnits = ["crio.service"] },
        Row(id: "runtime-containerd", category: .foreignState) { $0.foreignRuntimes = ["/usr/bin/containerd"] },
        Row(id: "cluster", category: .foreignState) { $0.clusterFiles = ["/etc/kubernetes/admin.conf"] },
        Row(id: "firewall", category: .foreignState) { $0.activeUnits = ["firewalld.service"] },
        Row(id: "firewall", category: .foreignState) { $0.activeUnits = ["ufw.service"] },
        Row(id: "network-manager", category: .foreignState) { $0.activeUnits = ["NetworkManager.service"] },
        Row(id: "cidr") { $0.interfaces[1].address = IPv4Address(value: 0x0AF4_0001) },
        Row(id: "node-ip") { $0.interfaces = [] },
        Row(id: "module-br_netfilter") { $0.missingModules = ["br_netfilter"] },
        Row(id: "tool-conntrack") { $0.missingTools = ["conntrack"] },
        Row(id: "clock") { $0.now = 1_600_000_000 },
    ]

    @Test(arguments: rows)
    func eachFaultIsOneErrorWithItsCauseAndFix(_ row: Row) throws {
        var facts = Self.good
        row.change(&facts)
        let findings = PreflightEvaluation(facts: facts, needs: try Self.needs()).findings
            .filter { $0.severity == .error }
        #expect(findings.map(\.id) == [row.id])
        #expect(findings.first?.category == row.category)
        #expect(findings.allSatisfy { !$0.cause.isEmpty && !$0.fix.isEmpty })
    }

    @Test func aWorkerNeedsLess() throws {
        var facts = Self.good
        facts.memoryMB = 1000
        facts.cpus = 1
        facts.listeners = [.init(port: 6443, process: "nginx")]
        #expect(errors(facts, try Self.needs(.worker)).isEmpty)
        facts.memoryMB = 899
        #expect(errors(facts, try Self.needs(.worker)) == ["memory"])
    }

    @Test func floorsAndToleratedFindingsAreTheOperators() throws {
        var facts = Self.good
        facts.memoryMB = 500
        var needs = try Self.needs()
        needs.masterMemoryMB = 400
        #expect(errors(facts, needs).isEmpty)
        facts.hasSystemd = false
        needs.tolerate = ["systemd"]
        #expect(errors(facts, needs).isEmpty)
        #expect(PreflightEvaluation(facts: facts, needs: needs).findings.map(\.severity) == [.warning])
    }

    @Test func cgroupVersion1EndsWithKubernetes135() throws {
        var facts = Self.good
        facts.cgroupVersion = 1
        var needs = try Self.needs()
        #expect(errors(facts, needs).isEmpty)
        needs.kubernetes = SemanticVersion(1, 35, 0)
        #expect(errors(facts, needs) == ["cgroup"])
    }

    @Test func toolsThatTheBundleBringsAreNoFault() throws {
        var facts = Self.good
        facts.missingTools = ["conntrack"]
        var needs = try Self.needs()
        needs.bundledTools = ["conntrack"]
        #expect(errors(facts, needs).isEmpty)
    }

    @Test func ourOwnClusterIsNotForeign() throws {
        var facts = Self.good
        facts.isOurs = true
        facts.isOurCluster = true
        facts.clusterFiles = ["/etc/kubernetes/admin.conf"]
        facts.listeners = [.init(port: 6443, process: "kube-apiserver")]
        #expect(errors(facts, try Self.needs()).isEmpty)
    }

    @Test func theAddressIsThatOfTheDefaultRoute() throws {
        var facts = Self.good
        facts.interfaces.append(.init(name: "eth1", address: try #require(IPv4Address("192.168.1.5"))))
        let needs = try Self.needs()
        #expect(try PreflightEvaluation(facts: facts, needs: needs).chosenIP.get().description == "10.77.0.10")
        facts.defaultRouteInterface = nil
        #expect(throws: Finding.self) { try PreflightEvaluation(facts: facts, needs: needs).chosenIP.get() }
        var asked = needs
        asked.requestedIP = IPv4Address("192.168.1.5")
        #expect(try PreflightEvaluation(facts: facts, needs: asked).chosenIP.get().description == "192.168.1.5")
        asked.requestedIP = IPv4Address("192.168.1.6")
        #expect(errors(facts, asked) == ["node-ip"])
    }

    @Test func anAddressThatAnInstalledNodeHasNoMoreIsNoOptionOfThisCommand() throws {
        var needs = try Self.needs()
        needs.requestedIP = IPv4Address("192.168.1.6")
        for (isInstalled, words) in [(false, "--node-ip 192.168.1.6 is not"), (true, "installed with the address")] {
            needs.isInstalledIP = isInstalled
            let finding = PreflightEvaluation(facts: Self.good, needs: needs).findings.first { $0.id == "node-ip" }
            #expect(try #require(finding).cause.contains(words))
            #expect(try #require(finding).fix.contains("reset") == isInstalled)
        }
    }
}

/// What scripts read.
struct PreflightReportTests {
    @Test func findingsAreJSONWithTheirCauseAndFix() throws {
        var facts = PreflightTests.good
        facts.memoryMB = 100
        let findings = PreflightEvaluation(facts: facts, needs: try PreflightTests.needs()).findings
        let report = PreflightReport(
            role: .master, nodeName: "m0", nodeIP: "10.77.0.10", bytesNeeded: ["/usr/local/bin": 1],
            findings: findings)
        #expect(!report.passed)
        #expect(
            String(decoding: try CanonicalJSON.encodeLine(report), as: UTF8.self)
                == #"{"bytesNeeded":{"/usr/local/bin":1},"findings":[{"category":"preflightFailed","#
                + #""cause":"100 MB of memory, expected 1700 MB","fix":"give the node more","id":"memory","#
                + #""severity":"error"}],"nodeIP":"10.77.0.10","nodeName":"m0","role":"master","schemaVersion":1}"#)
    }

    @Test func oneCauseKeepsItsExitCodeAndAMixtureIsAFailedPreflight() throws {
        func finding(_ category: DiagnosticCategory) -> Finding {
            Finding(id: "x", severity: .error, cause: "c", fix: "f", category: category)
        }
        #expect(InstallError.preflight([finding(.noSpace)]).category == .noSpace)
        #expect(InstallError.preflight([finding(.notRoot), finding(.noSpace)]).category == .preflightFailed)
        #expect(InstallError.preflight([finding(.noSpace)]).message.contains("fix: f"))
    }
}

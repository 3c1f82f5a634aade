import BundleModel
import FoundationEssentials
import Host

/// An installation of one node from one bundle that is trusted: preflight, plan, and the run itself.
public struct NodeInstaller: Sendable {
    private let context: NodeContext
    private let content: any BundleContent
    private let trust: TrustRecord
    private let options: InstallOptions
    private let services: ServiceHooks

    public init(
        context: NodeContext, content: any BundleContent, trust: TrustRecord, options: InstallOptions,
        services: ServiceHooks
    ) {
        self.context = context
        self.content = content
        self.trust = trust
        self.options = options
        self.services = services
    }

    /// What one step would do.
    public struct StepPlan: Codable, Hashable, Sendable {
        public var step: String
        /// Empty for a step that is done.
        public var changes: [String]
    }

    /// How an installation ended.
    public struct Outcome: Hashable, Sendable {
        public var node: RunRecord
        /// Steps that were applied; empty when the node was finished already.
        public var applied: [String]
    }

    /// Looks at the node. Changes nothing.
    public func preflight() async throws -> PreflightReport {
        try await prepare().report
    }

    /// What an installation would do, by step. Changes nothing.
    ///
    /// - Throws: `InstallError.preflight` when the node would be refused.
    public func plan() async throws -> [StepPlan] {
        let prepared = try await prepare()
        guard prepared.report.passed else { throw InstallError.preflight(prepared.report.errors) }
        return try await Installer(steps: StepCatalog.all).plan(target(prepared.node))
            .map { StepPlan(step: $0.step, changes: $0.lines) }
    }

    /// Installs, or goes on with an installation, or finds that nothing is to be done.
    ///
    /// - Throws: `InstallError`, and what the bundle, the join or the host throw.
    public func install(allowOlder: Bool) async throws -> Outcome {
        let prepared = try await prepare()
        guard prepared.report.passed else { throw InstallError.preflight(prepared.report.errors) }
        for finding in prepared.report.findings where finding.severity == .warning {
            context.note("preflight", "\(finding.cause); \(finding.fix)")
        }
        if !allowOlder { try SequenceMemory(root: context.root).check(content.index) }
        let target = target(prepared.node)
        let state = try target.state()
        if state.finished, try await Installer(steps: StepCatalog.all).plan(target).allSatisfy({ $0.lines.isEmpty }) {
            return Outcome(node: prepared.node, applied: [])
        }
        if options.verifiesFirst { try await content.verify(neededPacks(target), progress: context.progress) }

        let journal = try Journal(context.root, clock: context.clock)
        // The invite is tried before the first change: a wrong one, or another release, must cost nothing.
        if let redeem = services.redeem, journal.entries.count <= 1 { _ = try await redeem(prepared.node) }
        try SequenceMemory(root: context.root).remember(content.index)
        let outcome = try await Installer(steps: StepCatalog.all).run(target, journal: journal)
        if !outcome.applied.isEmpty || !FileSystem.exists(context.root.resolve(NodePaths.installed)) {
            let record = InstalledRecord(
                run: prepared.node, installedAt: context.clock.now.formatted(.iso8601),
                signatureSkipped: trust.fingerprint == nil)
            try AtomicFile.write(
                Array(CanonicalJSON.encode(record)), to: context.root.resolve(NodePaths.installed), mode: 0o644)
        }
        return Outcome(node: prepared.node, applied: outcome.applied)
    }

    private func target(_ node: RunRecord) -> InstallTarget {
        InstallTarget(context: context, content: content, options: options, node: node, services: services)
    }

    private func neededPacks(_ target: InstallTarget) -> [Pack] {
        target.packs(.files) + target.packs(.images) + target.packs(.packages)
    }

    private func prepare() async throws -> (report: PreflightReport, node: RunRecord) {
        let state = JournalState(try JournalReader.entries(context.root))
        try check(state)
        let gatherer = FactGatherer(context: context)
        let facts = try await gatherer.gather(journal: state)
        let needs = try requirements(facts, state)
        let evaluation = PreflightEvaluation(facts: facts, needs: needs)
        let address = try? evaluation.chosenIP.get()
        let index = content.index
        let node = RunRecord(
            releaseID: index.releaseID, kubernetes: index.release.kubernetes.description,
            productLine: index.productLine, sequence: index.sequence, keyFingerprint: trust.fingerprint,
            role: options.role, nodeIP: address?.description ?? "", nodeName: facts.hostName,
            podCIDR: options.podCIDR.description, serviceCIDR: options.serviceCIDR.description,
            bootID: gatherer.bootID)
        let report = PreflightReport(
            role: options.role, nodeName: facts.hostName, nodeIP: address?.description, bytesNeeded: needs.bytes,
            findings: evaluation.findings)
        return (report, node)
    }

    /// A node that was installed otherwise is not this command's to change.
    private func check(_ state: JournalState) throws {
        if state.resetting {
            throw InstallError.foreignState(
                what: "a reset of this node was begun and has not finished",
                hint: "finish it: \(NodePaths.executable) reset")
        }
        guard let run = state.run else { return }
        guard run.releaseID == content.index.releaseID else {
            throw InstallError.otherRelease(
                installed: "\(run.kubernetes) (\(run.releaseID))",
                bundle: "\(content.index.release.kubernetes) (\(content.index.releaseID))")
        }
        guard run.role == options.role else {
            throw InstallError.otherRole(installed: run.role.rawValue, asked: options.role.rawValue)
        }
        for (name, was, asked) in [
            ("--pod-cidr", run.podCIDR, options.podCIDR.description),
            ("--service-cidr", run.serviceCIDR, options.serviceCIDR.description),
            ("--node-ip", run.nodeIP, options.nodeIP?.description ?? run.nodeIP),
        ] where was != asked {
            throw InstallError.invalidOption(
                name: name, value: asked, expected: "\(was), which this node's installation was begun with")
        }
    }

    private func requirements(_ facts: NodeFacts, _ state: JournalState) throws -> Requirements {
        let index = content.index
        let packs = index.packs.filter { $0.selector.selects(role: options.role, osRelease: facts.osRelease) }
        let created = (try? Date(index.createdAt, strategy: .iso8601))?.timeIntervalSince1970 ?? 0
        let floors = options.configuration.preflight
        var needs = Requirements(
            role: options.role, architecture: index.architecture, kubernetes: index.release.kubernetes,
            osReleases: Set(index.packs.filter { $0.content == .packages }.flatMap(\.selector.osReleases)).sorted(),
            createdAt: UInt64(max(0, created)), bytes: Self.bytes(packs),
            requestedIP: options.nodeIP ?? state.run.flatMap { IPv4Address($0.nodeIP) }, podCIDR: options.podCIDR,
            serviceCIDR: options.serviceCIDR)
        needs.masterMemoryMB = floors?.masterMemoryMB ?? needs.masterMemoryMB
        needs.workerMemoryMB = floors?.workerMemoryMB ?? needs.workerMemoryMB
        needs.masterCPUs = floors?.masterCPUs ?? needs.masterCPUs
        needs.tolerate = Set(floors?.tolerate ?? [])
        for member in packs.filter({ $0.content == .packages }).flatMap(\.members) {
            needs.bundledTools.formUnion(PackageTools.byPackage[PackageTools.packageName(member.path)] ?? [])
        }
        return needs
    }

    /// Bytes that will be written, by target folder: files as the index says; images as their blobs and, unpacked,
    /// at most three times as much again.
    static func bytes(_ packs: [Pack]) -> [String: UInt64] {
        var bytes: [String: UInt64] = [:]
        for pack in packs {
            switch pack.content {
            case .files:
                for member in pack.members {
                    let folder = member.path.hasPrefix("opt/cni/") ? "/opt/cni/bin" : "/usr/local/bin"
                    bytes[folder, default: 0] += member.size
                }
            case .images: bytes["/var/lib/containerd", default: 0] += pack.uncompressedSize * 4
            case .packages: bytes["/var/lib/node-install", default: 0] += pack.uncompressedSize
            }
        }
        return bytes
    }
}

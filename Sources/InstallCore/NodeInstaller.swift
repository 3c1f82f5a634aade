import BundleModel
import FoundationEssentials
import Host

/// An installation of one node from one bundle that is trusted: preflight, plan, and the run itself.
public struct NodeInstaller: Sendable {
    private let context: NodeContext
    let content: any BundleContent
    private let trust: TrustRecord
    let options: InstallOptions
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
        let prepared = try await passed()
        let target = target(prepared.node)
        try requireLoadable(target)
        return try await Installer(steps: StepCatalog.all).plan(target)
            .map { StepPlan(step: $0.step, changes: $0.lines) }
    }

    /// Installs, or goes on with an installation, or finds that nothing is to be done.
    ///
    /// - Throws: `InstallError`, and what the bundle, the join or the host throw.
    public func install(allowOlder: Bool) async throws -> Outcome {
        let prepared = try await passed()
        for finding in prepared.report.findings where finding.severity == .warning {
            context.note("preflight", "\(finding.cause); \(finding.fix)")
        }
        if !allowOlder { try TrustMemory.read(context.root).check(content.index) }
        let planned = target(prepared.node)
        try requireLoadable(planned)
        let state = try planned.state()
        if state.finished, try await Installer(steps: StepCatalog.all).plan(planned).allSatisfy({ $0.lines.isEmpty }) {
            // What this run was told of keys counts all the same.
            let agreement = agreement(allowOlder: allowOlder)
            if try !agreement.isRemembered(context.root) {
                let journal = try await Journal(context.root, clock: context.clock)
                defer { withExtendedLifetime(journal) {} }
                try agreement.remember(context.root, nil)
            }
            return Outcome(node: prepared.node, applied: [])
        }
        if options.role == .worker, services.redeem == nil, state.kubeadmFinished != "join" {
            throw InstallError.joinMissing
        }
        if options.verifiesFirst {
            try await content.verify(neededPacks(planned), for: options.role, progress: context.progress)
        }

        let journal = try await Journal(context.root, clock: context.clock)
        let begun = try await stillGood(prepared, journal)
        let agreement = agreement(allowOlder: allowOlder)
        let node = try await admitted(begun.node, journal, agreement)
        let target = InstallTarget(
            context: context, content: content, options: options, node: node, services: guarded(agreement))
        let outcome = try await Installer(steps: StepCatalog.all).run(target, journal: journal)
        if !outcome.applied.isEmpty || !FileSystem.exists(context.root.resolve(NodePaths.installed)) {
            let record = InstalledRecord(
                node, JournalState(journal.entries), installedAt: context.clock.now.formatted(.iso8601))
            try AtomicFile.write(
                Array(CanonicalJSON.encode(record)), to: context.root.resolve(NodePaths.installed), mode: 0o644)
        }
        return Outcome(node: node, applied: outcome.applied)
    }

    private func agreement(allowOlder: Bool) -> ClusterAgreement {
        ClusterAgreement(index: content.index, trust: trust, options: options, allowOlder: allowOlder)
    }

    /// What was found before the lock was taken, or what is found now where another command was at work meanwhile.
    private func stillGood(_ prepared: Prepared, _ journal: Journal) async throws -> Prepared {
        do {
            return prepared.saw(journal.entries) ? prepared : try await passed()
        } catch {
            try? journal.discard()
            throw error
        }
    }

    /// Tries the invite before the first change: a wrong one, another release, or a bundle that the cluster does not
    /// believe must cost nothing, and leave nothing.
    private func admitted(
        _ node: RunRecord, _ journal: Journal, _ agreement: ClusterAgreement
    ) async throws -> RunRecord {
        do {
            guard let redeem = services.redeem, journal.isUnused else {
                try agreement.remember(context.root, nil)
                return node
            }
            let cluster = try await redeem(node).cluster
            let agreed = try agreement.check(node, cluster)
            try agreement.remember(context.root, cluster)
            return agreed
        } catch {
            try? journal.discard()
            throw error
        }
    }

    /// The services, with every later answer of the cluster held against this bundle too.
    private func guarded(_ agreement: ClusterAgreement) -> ServiceHooks {
        guard let redeem = services.redeem else { return services }
        let root = context.root
        var hooks = services
        hooks.redeem = { node in
            let admission = try await redeem(node)
            _ = try agreement.check(node, admission.cluster)
            try agreement.remember(root, admission.cluster)
            return admission
        }
        return hooks
    }

    private func target(_ node: RunRecord) -> InstallTarget {
        InstallTarget(context: context, content: content, options: options, node: node, services: services)
    }

    private func requireLoadable(_ target: InstallTarget) throws {
        if target.imageLoader == .ctr { try CtrRoute.requireLoadable(target.bundleImages.images) }
    }

    private func neededPacks(_ target: InstallTarget) -> [Pack] {
        target.packs(.files) + target.packs(.images) + target.packs(.packages)
    }

    /// What is known of the node before anything is changed.
    private struct Prepared {
        var report: PreflightReport
        var node: RunRecord
        /// The journal's, without its first line.
        var records: [JournalEntry]

        init(report: PreflightReport, node: RunRecord, entries: [JournalEntry]) {
            self.report = report
            self.node = node
            records = Array(entries.dropFirst())
        }

        func saw(_ entries: [JournalEntry]) -> Bool { records == Array(entries.dropFirst()) }
    }

    /// - Throws: `InstallError.preflight` when the node would be refused.
    private func passed() async throws -> Prepared {
        let prepared = try await prepare()
        guard prepared.report.passed else { throw InstallError.preflight(prepared.report.errors) }
        return prepared
    }

    private func prepare() async throws -> Prepared {
        let entries = try JournalReader.entries(context.root)
        let state = JournalState(entries)
        try check(state)
        let gatherer = FactGatherer(context: context)
        let index = content.index
        let osRelease = gatherer.osRelease
        let packs = index.packs.filter { $0.selector.selects(role: options.role, osRelease: osRelease) }
        let loader = options.imageLoader ?? state.run?.imageLoader
        let facts = try await gatherer.gather(
            journal: state, packs: packs, role: options.role, imageLoader: loader ?? .auto)
        if let run = state.run, facts.isOurCluster, run.nodeName != facts.hostName {
            throw InstallError.foreignState(
                what: "this node is in its cluster as \(run.nodeName), and is called \(facts.hostName) now",
                hint: "give it its name back (hostnamectl set-hostname \(run.nodeName)), or begin anew after "
                    + "'node-install reset'")
        }
        let needs = try requirements(packs, state)
        let evaluation = PreflightEvaluation(facts: facts, needs: needs)
        let address = try? evaluation.chosenIP.get()
        let node = RunRecord(
            releaseID: index.releaseID, kubernetes: index.release.kubernetes.description,
            productLine: index.productLine, sequence: index.sequence, keyFingerprint: trust.signers.first,
            role: options.role, nodeIP: address?.description ?? "", nodeName: facts.hostName,
            podCIDR: needs.podCIDR.description, serviceCIDR: needs.serviceCIDR.description,
            bootID: gatherer.bootID, imageLoader: loader)
        let lacking = try await BaseProof(target: target(node)).finding()
        let report = PreflightReport(
            role: options.role, nodeName: facts.hostName, nodeIP: address?.description, bytesNeeded: needs.bytes,
            findings: evaluation.findings + (lacking.map { [$0] } ?? []))
        return Prepared(report: report, node: node, entries: entries)
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
            ("--pod-cidr", run.podCIDR, options.podCIDRIsGiven ? options.podCIDR.description : run.podCIDR),
            (
                "--service-cidr", run.serviceCIDR,
                options.serviceCIDRIsGiven ? options.serviceCIDR.description : run.serviceCIDR
            ),
            ("--node-ip", run.nodeIP, options.nodeIP?.description ?? run.nodeIP),
        ] where was != asked {
            throw InstallError.invalidOption(
                name: name, value: asked, expected: "\(was), which this node's installation was begun with")
        }
    }
}

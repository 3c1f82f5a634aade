import BundleModel

/// Goes through the packs and makes the snapshots and documents that are missing; once more where a layer turned out to
/// need containerd.
struct LoadAttempt: Sendable {
    let plans: [ImagePlan]
    /// Of all packs.
    let members: [Pack.Member]
    let folders: StoreFolders
    let snapshotter: String
    let client: ContainerdClient
    private(set) var lease: LoadLease
    /// nil leaves all unpacking to containerd.
    private(set) var direct: RestrictedApplier?
    /// Of all attempts: the first one has the most to do.
    private var summary = LoadSummary()

    init(
        plans: [ImagePlan], members: [Pack.Member], folders: StoreFolders, snapshotter: String,
        client: ContainerdClient,
        lease: LoadLease, direct: RestrictedApplier?
    ) {
        self.plans = plans
        self.members = members
        self.folders = folders
        self.snapshotter = snapshotter
        self.client = client
        self.lease = lease
        self.direct = direct
    }

    /// - Throws: `LayerNeedsContainerd`, after which another attempt can succeed.
    mutating func run(_ feed: PackFeed, _ sink: any ProgressSink) async throws -> LoadSummary {
        let there = try await Inventory(plans, client, lease, snapshotter: snapshotter)
        try await lease.removeLeftovers(client, snapshotter: snapshotter, folders)
        let plan = try LoadPlan(plans, members: members, chains: there.chains, blobs: there.blobs)
        let progress = LoadProgress(sink, total: plan.bytes)
        let maker = SnapshotMaker(
            client: client, applier: DiffApplier(client: client, lease: lease), lease: lease,
            snapshotter: snapshotter, gate: SyncGate(folders.snapshots))
        let schedule = LayerSchedule(
            plan: plan, present: there.blobs, chains: there.chains, maker: maker, direct: direct, progress: progress)
        let writer = DocumentWriter(client: client, lease: lease)
        summary.layers = max(summary.layers, plan.steps.count)
        summary.bytes = max(summary.bytes, plan.bytes)
        let plans = plans
        try await schedule.run(feed) { try await writer.write(plans) }
        try await writer.labelKept(plans, made: Set(plan.steps.map(\.chain)))
        progress.finish()
        return summary
    }

    /// Leaves a layer to containerd from here on.
    mutating func leave(_ layer: LayerNeedsContainerd, _ sink: any ProgressSink) {
        sink.report(
            ProgressEvent(
                kind: .note, task: LoadProgress.task,
                detail: "layer \(layer.diffID) is left to containerd: \(layer.reason)"))
        direct?.refused.insert(layer.diffID)
        lease.attempt += 1
    }
}

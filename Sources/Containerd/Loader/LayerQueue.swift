import BundleModel

/// Where each snapshot of a plan stands, and what can be done next. Pure.
///
/// A snapshot is prepared once the one below it is committed, and made once its layer is there too.
struct LayerQueue {
    /// Snapshots that are made at once.
    private static let width = 2
    /// Snapshots that wait for nothing but their turn; more layers are not taken then, so that they do not pile up on
    /// the disk.
    private static let backlog = 4
    /// Snapshots that are prepared before their layers come: containerd writes its database for that, which waits while
    /// the layer before is synced.
    private static let ahead = 2

    private let plan: LoadPlan
    /// Blobs that are not of this load's making.
    private var present: Set<SHA256Digest>
    private var stored: Set<SHA256Digest>
    private var committed: Set<SHA256Digest>
    /// In the plan's order: each after the one below it.
    private(set) var waiting: [LoadPlan.Step]
    private var running: [LoadPlan.Step] = []
    private var preparing: Set<LoadPlan.Step> = []
    /// Of those that wait or are held.
    private var mounts: [LoadPlan.Step: [SnapshotMount]] = [:]
    /// A layer whose bytes wait for its snapshot; one of `running`.
    private var held: (member: Pack.Member, step: LoadPlan.Step)?

    /// - Parameters:
    ///   - present: blobs that are there.
    ///   - chains: snapshots that are there.
    init(_ plan: LoadPlan, present: Set<SHA256Digest>, chains: Set<SHA256Digest>) {
        self.plan = plan
        self.present = present
        stored = present
        committed = chains
        waiting = plan.steps
    }

    /// Whether another layer may be taken from the packs.
    var takesMore: Bool { supplied.count < Self.backlog }

    /// Snapshots to be prepared now: all whose layers are there, and a few whose layers will come.
    mutating func toPrepare() -> [LoadPlan.Step] {
        let possible = ((held.map { [$0.step] } ?? []) + waiting).filter {
            isBelowCommitted($0) && mounts[$0] == nil && !preparing.contains($0)
        }
        let needed = possible.filter { $0 == held?.step || stored.contains($0.blob.digest) }
        let early = max(0, Self.ahead - preparing.count - mounts.count)
        let steps = needed + possible.filter { !needed.contains($0) }.prefix(early)
        preparing.formUnion(steps)
        return steps
    }

    mutating func prepared(_ step: LoadPlan.Step, _ place: [SnapshotMount]) {
        preparing.remove(step)
        mounts[step] = place
    }

    /// A snapshot whose layer is there as a blob, and where to unpack it.
    mutating func toMake() -> (LoadPlan.Step, [SnapshotMount])? {
        guard running.count < Self.width,
            let index = waiting.firstIndex(where: { stored.contains($0.blob.digest) && mounts[$0] != nil }),
            let place = mounts.removeValue(forKey: waiting[index])
        else { return nil }
        let step = waiting.remove(at: index)
        running.append(step)
        return (step, place)
    }

    /// The layer whose bytes wait, once there is a place for them.
    mutating func toFill() -> (Pack.Member, LoadPlan.Step, [SnapshotMount])? {
        guard let (member, step) = held, let place = mounts.removeValue(forKey: step) else { return nil }
        held = nil
        return (member, step, place)
    }

    /// Whether a layer's bytes may wait for its snapshot and go straight onto it: there is one alone, and the one below
    /// needs nothing more from the packs.
    mutating func hold(_ member: Pack.Member, _ blob: OCIDescriptor) -> Bool {
        let steps = waiting.filter { $0.blob.digest == blob.digest }
        guard steps.count == 1, let step = steps.first, canFollow(step) else { return false }
        waiting.removeAll { $0 == step }
        running.append(step)
        held = (member, step)
        return true
    }

    /// - Parameter isOurs: false for a blob that containerd had already, by an image that is not of the plan: nobody looked
    ///   for it before.
    mutating func taken(_ blob: OCIDescriptor, isOurs: Bool = true) {
        stored.insert(blob.digest)
        if !isOurs { present.insert(blob.digest) }
    }

    /// - Returns: the layer's blob, where this load wrote it and it is neither kept nor needed again.
    mutating func made(_ step: LoadPlan.Step) -> OCIDescriptor? {
        committed.insert(step.chain)
        running.removeAll { $0 == step }
        let digest = step.blob.digest
        guard !present.contains(digest), !(waiting + running).contains(where: { $0.blob.digest == digest }),
            !plan.wanted.values.contains(where: { $0.blob.digest == digest && $0.isKept })
        else { return nil }
        return stored.remove(digest) == nil ? nil : step.blob
    }

    /// Snapshots that need nothing more from the packs.
    private var supplied: [LoadPlan.Step] {
        var reachable = committed.union(running.map(\.chain))
        return running
            + waiting.filter { step in
                guard stored.contains(step.blob.digest), step.parent.map(reachable.contains) ?? true else {
                    return false
                }
                reachable.insert(step.chain)
                return true
            }
    }

    private func isBelowCommitted(_ step: LoadPlan.Step) -> Bool {
        step.parent.map { committed.contains($0) } ?? true
    }

    /// Whether the snapshot below will be committed without anything more from the packs.
    private func canFollow(_ step: LoadPlan.Step) -> Bool {
        isBelowCommitted(step) || supplied.contains { $0.chain == step.parent }
    }
}

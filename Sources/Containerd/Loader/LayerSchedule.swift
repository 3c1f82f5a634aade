import BundleModel

/// Takes layers from the packs and makes snapshots of them: the next layers are taken while earlier ones are unpacked.
///
/// A snapshot is begun once the one below it is committed and its layer is there. All decisions are made in one place,
/// between the ends of the pieces of work, which run side by side.
struct LayerSchedule: Sendable {
    /// Snapshots that are made at once.
    private static let width = 2
    /// Snapshots that wait for nothing but their turn; more layers are not taken then, so that they do not pile up on
    /// the disk.
    private static let backlog = 4
    /// Bytes of discarded blobs after which their space is claimed back.
    private static let garbage: UInt64 = 1 << 30

    private enum Event: Sendable {
        /// A member has begun whose layer may go straight onto a snapshot.
        case begun(Pack.Member, LoadPlan.Wanted)
        case taken(BlobDescriptor)
        /// Straight onto its snapshot, which is to be committed.
        case filled(LoadPlan.Step)
        case nothingToTake
        case made(LoadPlan.Step)
        case done
    }

    let plan: LoadPlan
    /// Blobs that were there before.
    let present: Set<SHA256Digest>
    /// Snapshots that were there before.
    let chains: Set<SHA256Digest>
    let maker: SnapshotMaker
    /// nil leaves all unpacking to containerd.
    let direct: (any DirectApplier)?
    let progress: LoadProgress

    /// - Parameters:
    ///   - feed: that nobody has told what is wanted.
    ///   - meanwhile: runs beside.
    func run(_ feed: PackFeed, meanwhile: @escaping @Sendable () async throws -> Void) async throws {
        feed.want(Set(plan.wanted.keys))
        try await withThrowingTaskGroup(of: Event.self) { group in
            group.addTask {
                try await meanwhile()
                return .done
            }
            do {
                try await work(&group, feed)
            } catch {
                // Who waits for more bytes goes on, and ends.
                feed.cancel(error)
                throw error
            }
        }
    }

    private func work(_ group: inout ThrowingTaskGroup<Event, any Error>, _ feed: PackFeed) async throws {
        var stored = present
        var committed = chains
        var waiting = plan.steps
        var running: [LoadPlan.Step] = []
        var isTaking = false
        var mayTake = true
        // A layer whose bytes wait for the snapshot below its own.
        var held: (member: Pack.Member, step: LoadPlan.Step)?
        var discarded: UInt64 = 0
        while true {
            while running.count < Self.width,
                let index = waiting.firstIndex(where: { step in
                    stored.contains(step.blob.digest) && step.parent.map { committed.contains($0) } ?? true
                })
            {
                let step = waiting.remove(at: index)
                running.append(step)
                group.addTask {
                    try await maker.make(step)
                    return .made(step)
                }
            }
            if let (member, step) = held, step.parent.map({ committed.contains($0) }) ?? true {
                held = nil
                group.addTask { try await fill(step, member, feed) }
            }
            if mayTake, !isTaking, supplied(waiting, running, stored, committed).count < Self.backlog {
                isTaking = true
                group.addTask { try await take(feed) }
            }
            guard let event = try await group.next() else { break }
            switch event {
            case .done: break
            case .nothingToTake:
                isTaking = false
                mayTake = false
            case .begun(let member, let wanted):
                let steps = waiting.filter { $0.blob.digest == wanted.blob.digest }
                if steps.count == 1, canFollow(steps[0], waiting, running, stored, committed) {
                    waiting.removeAll { $0 == steps[0] }
                    running.append(steps[0])
                    held = (member, steps[0])
                } else {
                    group.addTask { try await store(wanted, member, feed) }
                }
            case .filled(let step):
                isTaking = false
                group.addTask {
                    try await maker.finish(step)
                    return .made(step)
                }
            case .taken(let blob):
                isTaking = false
                stored.insert(blob.digest)
            case .made(let step):
                committed.insert(step.chain)
                running.removeAll { $0 == step }
                progress.made(step)
                guard let blob = superfluous(step.blob, waiting + running), stored.remove(blob.digest) != nil else {
                    break
                }
                discarded += blob.size
                let collects = discarded >= Self.garbage
                if collects { discarded = 0 }
                group.addTask {
                    try await maker.applier.discard(blob)
                    if collects { try await maker.lease.collectGarbage(maker.client) }
                    return .done
                }
            }
        }
        guard waiting.isEmpty else {
            throw ContainerdError.missingFromPacks(waiting.map { "layer \($0.diffID)" })
        }
    }

    /// Snapshots that need nothing more from the packs.
    private func supplied(
        _ waiting: [LoadPlan.Step], _ running: [LoadPlan.Step], _ stored: Set<SHA256Digest>,
        _ committed: Set<SHA256Digest>
    ) -> [LoadPlan.Step] {
        // In the order of steps, each after the one below it.
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

    /// Whether the snapshot below will be committed without anything more from the packs.
    private func canFollow(
        _ step: LoadPlan.Step, _ waiting: [LoadPlan.Step], _ running: [LoadPlan.Step], _ stored: Set<SHA256Digest>,
        _ committed: Set<SHA256Digest>
    ) -> Bool {
        guard let parent = step.parent, !committed.contains(parent) else { return true }
        return supplied(waiting, running, stored, committed).contains { $0.chain == parent }
    }

    /// The blob, where it is neither kept nor needed again.
    private func superfluous(_ blob: BlobDescriptor, _ left: [LoadPlan.Step]) -> BlobDescriptor? {
        if present.contains(blob.digest) || left.contains(where: { $0.blob.digest == blob.digest }) { return nil }
        let isKept = plan.wanted.values.contains { $0.blob.digest == blob.digest && $0.isKept }
        return isKept ? nil : blob
    }

    /// The next wanted member: as a whole, unless it may go straight onto a snapshot.
    private func take(_ feed: PackFeed) async throws -> Event {
        guard case .member(let member) = try await feed.next(), let wanted = plan.wanted[member.path] else {
            return .nothingToTake
        }
        if let direct, member.appliedBy == nil, !wanted.isKept, direct.takes(wanted.blob) {
            return .begun(member, wanted)
        }
        return try await store(wanted, member, feed)
    }

    private func store(_ wanted: LoadPlan.Wanted, _ member: Pack.Member, _ feed: PackFeed) async throws -> Event {
        let bytes = MemberBytes(feed, member) { progress.read($0) }
        try await maker.applier.take(wanted.blob, labels: [:], from: bytes)
        // containerd had it already: the feed goes on behind it.
        try await bytes.drain()
        return .taken(wanted.blob)
    }

    private func fill(_ step: LoadPlan.Step, _ member: Pack.Member, _ feed: PackFeed) async throws -> Event {
        let bytes = MemberBytes(feed, member) { progress.read($0) }
        do {
            try await maker.begin(step) { mounts in
                guard let direct else { throw NotDirect(reason: "nobody writes layers") }
                return try await direct.unpack(bytes, onto: mounts).description
            }
        } catch let error as NotDirect {
            throw LayerNeedsContainerd(diffID: step.diffID, reason: error.reason)
        }
        return .filled(step)
    }
}

/// A layer that `DirectApplier` gave up: the load begins again and leaves it to containerd.
struct LayerNeedsContainerd: Error {
    let diffID: SHA256Digest
    let reason: String
}

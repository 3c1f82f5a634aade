import BundleModel

/// Takes layers from the packs and makes snapshots of them: the next layers are taken while earlier ones are unpacked.
///
/// All decisions are made in one place, by `LayerQueue`, between the ends of the pieces of work, which run side by side.
struct LayerSchedule: Sendable {
    /// Bytes of discarded blobs after which their space is claimed back.
    private static let garbage: UInt64 = 1 << 30

    private enum Event: Sendable {
        /// A member has begun whose layer may go straight onto a snapshot.
        case begun(Pack.Member, LoadPlan.Wanted)
        case taken(OCIDescriptor, isOurs: Bool)
        case prepared(LoadPlan.Step, [SnapshotMount])
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
        var queue = LayerQueue(plan, present: present, chains: chains)
        var isTaking = false
        var mayTake = true
        var discarded: UInt64 = 0
        while true {
            for step in queue.toPrepare() {
                group.addTask { .prepared(step, try await maker.prepare(step)) }
            }
            while let (step, mounts) = queue.toMake() {
                group.addTask {
                    try await maker.make(step, on: mounts)
                    return .made(step)
                }
            }
            if let (member, step, mounts) = queue.toFill() {
                group.addTask { try await fill(step, member, feed, on: mounts) }
            }
            if mayTake, !isTaking, queue.takesMore {
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
                if !queue.hold(member, wanted.blob) {
                    group.addTask { try await store(wanted, member, feed) }
                }
            case .prepared(let step, let mounts): queue.prepared(step, mounts)
            case .filled(let step):
                isTaking = false
                group.addTask {
                    try await maker.finish(step)
                    return .made(step)
                }
            case .taken(let blob, let isOurs):
                isTaking = false
                queue.taken(blob, isOurs: isOurs)
            case .made(let step):
                progress.made(step)
                guard let blob = queue.made(step) else { break }
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
        guard queue.waiting.isEmpty else {
            throw ContainerdError.missingFromPacks(queue.waiting.map { "layer \($0.diffID)" })
        }
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
        let isOurs = try await maker.applier.take(wanted.blob, labels: [:], from: bytes)
        // containerd had it already: the feed goes on behind it.
        try await bytes.drain()
        return .taken(wanted.blob, isOurs: isOurs)
    }

    private func fill(
        _ step: LoadPlan.Step, _ member: Pack.Member, _ feed: PackFeed, on mounts: [SnapshotMount]
    ) async throws -> Event {
        let bytes = MemberBytes(feed, member) { progress.read($0) }
        do {
            try await maker.fill(step, on: mounts) { mounts in
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

import BundleModel
import Testing

@testable import Containerd

/// What `LayerQueue` lets be done next.
struct LayerQueueTests {
    /// One image of each list of layers; a layer is named by its content.
    private func plan(_ images: [[UInt8]]) throws -> LoadPlan {
        let images = try images.enumerated().map { number, layers in
            try TestImage("registry.test/image\(number):1", layers.map { TestLayer(["file": "\($0)"]) })
        }
        let plans = try images.map { image in
            guard case .plan(let plan) = try ImagePlan.make(image.image, snapshotter: "overlayfs", image.documents)
            else { throw ContainerdError.missingFromPacks([]) }
            return plan
        }
        return try LoadPlan(plans, members: TestPack(images).members, chains: [], blobs: [])
    }

    private func queue(_ plan: LoadPlan, present: Set<SHA256Digest> = [], chains: Set<SHA256Digest> = []) -> LayerQueue
    {
        LayerQueue(plan, present: present, chains: chains)
    }

    private func member(_ step: LoadPlan.Step) -> Pack.Member {
        Pack.Member(path: "layers/sha256/\(step.diffID.hex)", mode: 0o644, size: step.blob.size)
    }

    @Test func aSnapshotIsPreparedOnceTheOneBelowIsCommitted() throws {
        let plan = try plan([[1, 2]])
        var queue = queue(plan)
        // Once each.
        var prepared = [queue.toPrepare(), queue.toPrepare()]
        #expect(prepared == [[plan.steps[0]], []])
        queue.prepared(plan.steps[0], [])
        queue.taken(plan.steps[0].blob)
        let made = queue.toMake()?.0
        prepared = [queue.toPrepare()]
        #expect(made == plan.steps[0] && prepared == [[]])
        _ = queue.made(plan.steps[0])
        prepared = [queue.toPrepare()]
        #expect(prepared == [[plan.steps[1]]])
        #expect(queue.waiting == [plan.steps[1]])
    }

    @Test func fewAreAheadOfTheirLayersAndWhatIsThereDoesNotWaitForThem() throws {
        let plan = try plan([[1], [2], [3], [4], [5]])
        var queue = queue(plan)
        let first = queue.toPrepare()
        #expect(first == Array(plan.steps[..<2]))
        for step in first { queue.prepared(step, []) }
        var more = [queue.toPrepare()]
        queue.taken(plan.steps[4].blob)
        more.append(queue.toPrepare())
        #expect(more == [[], [plan.steps[4]]])
        var made = [queue.toMake()?.0]
        queue.prepared(plan.steps[4], [])
        made.append(queue.toMake()?.0)
        #expect(made == [nil, plan.steps[4]])
    }

    @Test func bytesWaitForTheirSnapshotAndNoLonger() throws {
        let plan = try plan([[1, 2]])
        var queue = queue(plan)
        let (below, above) = (plan.steps[0], plan.steps[1])
        var held = [queue.hold(member(below), below.blob)]
        var filled = [queue.toFill()?.1]
        var prepared = [queue.toPrepare()]
        queue.prepared(below, [])
        filled += [queue.toFill()?.1, queue.toFill()?.1]
        // While the one below is made.
        held.append(queue.hold(member(above), above.blob))
        prepared.append(queue.toPrepare())
        filled.append(queue.toFill()?.1)
        _ = queue.made(below)
        prepared.append(queue.toPrepare())
        queue.prepared(above, [])
        filled.append(queue.toFill()?.1)
        #expect(held == [true, true])
        #expect(prepared == [[below], [], [above]])
        #expect(filled == [nil, below, nil, nil, above])
    }

    @Test func bytesThatTwoSnapshotsNeedAreStored() throws {
        let plan = try plan([[1, 2], [3, 2]])
        var queue = queue(plan)
        let shared = try #require(plan.steps.first { step in plan.steps.filter { $0.blob == step.blob }.count == 2 })
        let isHeld = queue.hold(member(shared), shared.blob)
        #expect(!isHeld)
    }

    @Test func bytesWhoseSnapshotWaitsForOthersFromThePacksAreStored() throws {
        let plan = try plan([[1, 2]])
        var queue = queue(plan)
        let isHeld = queue.hold(member(plan.steps[1]), plan.steps[1].blob)
        #expect(!isHeld)
    }

    @Test func aBlobGoesWithItsLastSnapshotUnlessItWasThere() throws {
        let plan = try plan([[1, 2], [3, 2]])
        let shared = plan.steps.filter { step in plan.steps.filter { $0.blob == step.blob }.count == 2 }
        let below = plan.steps.filter { !shared.contains($0) }
        for wasThere in [false, true] {
            var queue = queue(plan, present: wasThere ? [shared[0].blob.digest] : [], chains: Set(below.map(\.chain)))
            queue.taken(shared[0].blob)
            for step in queue.toPrepare() { queue.prepared(step, []) }
            for index in shared.indices {
                let step = queue.toMake()?.0
                let discarded = try queue.made(#require(step))
                #expect(discarded == (index == 1 && !wasThere ? step?.blob : nil))
            }
        }
    }

    @Test func fourThatWaitForTheirTurnAreEnough() throws {
        let plan = try plan([[1], [2], [3], [4], [5]])
        var queue = queue(plan)
        for (number, step) in plan.steps.enumerated() {
            #expect(queue.takesMore == (number < 4))
            queue.taken(step.blob)
        }
    }

    /// Another image, which is not of this load, may need it.
    @Test func aBlobThatWasThereIsNotDiscarded() throws {
        for isOurs in [true, false] {
            let plan = try plan([[1]])
            var queue = queue(plan)
            for step in queue.toPrepare() { queue.prepared(step, []) }
            queue.taken(plan.steps[0].blob, isOurs: isOurs)
            let made = queue.toMake()?.0
            #expect(made == plan.steps[0])
            let discarded = queue.made(plan.steps[0])
            #expect((discarded != nil) == isOurs)
        }
    }
}

import TestSupport
import Testing

@testable import Fetch

struct PartMapTests {
    private static let part = PartMap.partSize

    @Test func everyByteIsTakenOnceWhateverTheOrder() {
        var generator = SeededGenerator(seed: RunSettings.seed)
        for _ in 0..<200 {
            let size = UInt64.random(in: 1...60 * Self.part, using: &generator)
            let done = (0..<PartMap.count(size)).map { _ in
                generator.chance(50) ? 0 : UInt64.random(in: 0...2 * Self.part, using: &generator)
            }
            var map = PartMap(size: size, done: done)
            var taken: [Range<UInt64>] = []
            while let range = map.take(workers: Int.random(in: 1...8, using: &generator)) {
                if generator.chance(20) {
                    map.release(range)
                } else {
                    taken.append(range)
                }
            }
            #expect(map.received + taken.reduce(0) { $0 + UInt64($1.count) } == size, "seed \(RunSettings.seed)")
            taken.shuffle(using: &generator)
            for range in taken {
                let middle = UInt64.random(in: range.lowerBound...range.upperBound, using: &generator)
                _ = map.advance(range.lowerBound..<middle)
                _ = map.advance(middle..<range.upperBound)
                map.release(range)
            }
            #expect(map.isComplete && map.received == size, "seed \(RunSettings.seed)")
            let more = map.take(workers: 1)
            #expect(more == nil)
        }
    }

    @Test func aRunBehindABrokenOneBeginsWhereItBroke() {
        var map = PartMap(size: 3 * Self.part)
        let first = map.take(workers: 1)
        let changed = map.advance(0..<1000)
        map.release(0..<Self.part)
        let second = map.take(workers: 1)
        #expect(first == 0..<Self.part)
        #expect(changed == 0..<1)
        #expect(second == 1000..<Self.part)
    }

    @Test func thereAreFewRequestsForMuchAndSmallOnesAtTheEnd() {
        var map = PartMap(size: 100 * Self.part)
        var lengths: [Int] = []
        while let range = map.take(workers: 4) { lengths.append(range.count / Int(Self.part)) }
        #expect(lengths.first == 8 && lengths.last == 1)
        #expect(lengths == lengths.sorted(by: >))
    }

    @Test func countsThatCannotBeAreCut() {
        let map = PartMap(size: Self.part + 10, done: [.max, .max, .max])
        #expect(map.done == [Self.part, 10])
        #expect(map.isComplete)
    }

    @Test func ofAnUnknownSizeThereIsOnePartWithoutAnEnd() {
        var map = PartMap(size: nil)
        let taken = map.take(workers: 1)
        let changed = map.advance(0..<5 * Self.part)
        #expect(taken == nil && changed == 0..<1)
        #expect(map.received == 5 * Self.part && !map.isComplete)
    }
}

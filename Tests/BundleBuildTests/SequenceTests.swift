import BundleBuild
import BundleModel
import Host
import SystemPackage
import TestSupport
import Testing

struct SequenceTests {
    private let scratch: ScratchFolder
    private var record: SequenceRecord { SequenceRecord(folder: scratch.path.appending("cache")) }

    init() throws { scratch = try ScratchFolder() }

    private func choice(
        _ asked: UInt64?, at time: UInt64 = 1000, isFixed: Bool = false, highest: UInt64?
    ) -> SequenceChoice {
        SequenceChoice(asked: asked, createdAt: time, isFixed: isFixed, highest: highest, productLine: "kubernetes")
    }

    @Test(arguments: [nil, 0, 999, 1000] as [UInt64?])
    func theTimeOfMakingDecidesWhereNothingHigherWasMade(_ highest: UInt64?) {
        let choice = choice(nil, highest: highest)
        #expect(choice.sequence == 1000)
        #expect(choice.note == nil)
    }

    @Test func aClockThatIsBehindGivesOneMoreThanTheHighest() {
        let choice = choice(nil, highest: 5000)
        #expect(choice.sequence == 5001)
        #expect(choice.note?.contains("5000") == true && choice.note?.contains("5001") == true)
        #expect(self.choice(nil, highest: UInt64.max).sequence == 1000)
    }

    @Test func aTimeThatIsGivenDependsOnNothingThatIsRemembered() {
        let choice = choice(nil, isFixed: true, highest: 5000)
        #expect(choice.sequence == 1000)
        #expect(choice.note?.contains("--allow-older") == true)
    }

    @Test func whatIsAskedForIsTakenAndALowerOneIsNoted() {
        #expect(choice(7, highest: nil) == choice(7, highest: 7))
        #expect(choice(7, highest: 7).note == nil)
        #expect(choice(7, highest: 8).sequence == 7)
        #expect(choice(7, highest: 8).note?.contains("--allow-older") == true)
    }

    @Test func eachProductLineKeepsItsHighest() async throws {
        #expect(try record.highest(of: "kubernetes") == nil)
        try await record.remember(5, of: "kubernetes")
        try await record.remember(3, of: "kubernetes")
        try await record.remember(UInt64.max, of: "other/line")
        #expect(try record.highest(of: "kubernetes") == 5)
        #expect(try record.highest(of: "other/line") == UInt64.max)
        #expect(try record.highest(of: "third") == nil)
    }

    @Test func manyAtOnceLoseNothing() async throws {
        let record = record
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in UInt64(1)...40 {
                group.addTask { try await record.remember(number, of: "line \(number % 4)") }
            }
            try await group.waitForAll()
        }
        for (line, highest) in ["line 0": 40, "line 1": 37, "line 2": 38, "line 3": 39] {
            #expect(try record.highest(of: line) == UInt64(highest))
        }
    }

    @Test(arguments: ["{", #"{"highest":{},"schemaVersion":2}"#, #"{"highest":{"kubernetes":-1},"schemaVersion":1}"#])
    func aRecordThatCannotBeReadIsNamedAndKept(_ text: String) async throws {
        let path = scratch.path.appending("cache").appending("sequences.json")
        try FileSystem.makeDirectories(path.removingLastComponent())
        try AtomicFile.write(Array(text.utf8), to: path)
        let record = record
        let error = #expect(throws: BundleBuildError.self) { try record.highest(of: "kubernetes") }
        #expect(error?.category == .invalidInput)
        #expect(error?.message.contains(path.string) == true)
        await #expect(throws: BundleBuildError.self) { try await record.remember(5, of: "kubernetes") }
        #expect(try FileSystem.text(path) == text)
    }
}

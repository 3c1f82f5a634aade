import BundleModel
import FoundationEssentials
import Host
import Payload
import Signing
import SystemPackage
import Testing

/// The writer refuses what a reader would refuse, and leaves what was there.
struct WriterTests {
    @Test func anExecutableThatIsNotTheIndexsIsRefused() throws {
        let sample = try SampleBundle()
        defer { sample.remove() }
        let head = sample.folder.appending("head")
        let content = try SampleBundle.read(head)
        for wrong in [content + [0], Array(content.dropLast()), content.reversed()] {
            try SampleBundle.write(wrong, to: head)
            #expect(try refusal(sample, head: head)?.contains("the index says") == true)
        }
        try SampleBundle.write(content, to: head)
        #expect(try refusal(sample, head: head) == nil)
        #expect(
            try refusal(sample, head: head) { $0.head = nil }?.contains("that there is no executable") == true)
    }

    @Test func packsThatAreNotTheIndexsAreRefused() throws {
        let sample = try SampleBundle()
        defer { sample.remove() }
        #expect(
            try refusal(sample, head: nil) { $0.packs.swapAt(0, 1) } == "the index lists other packs than there are")
        #expect(try refusal(sample, head: nil) { $0.packs[1].name = "node" }?.contains("listed twice") == true)
        try SampleBundle.write([1], to: sample.folder.appending("node.pack"))
        #expect(try refusal(sample, head: nil)?.contains("has 1 bytes, its pack") == true)
    }

    @Test func whoeverCountsTheBytesMayEndTheWork() throws {
        let sample = try SampleBundle()
        defer { sample.remove() }
        let bundle = try BundleFile.open(sample.file)
        let output = sample.folder.appending("output")
        var count: UInt64 = 0
        try BundleWriter.writeBare(bundle, to: output) { count += $0 }
        #expect(count == bundle.index.packs.reduce(0) { $0 + $1.size })
        #expect(throws: CancellationError.self) {
            try BundleWriter.writeBare(bundle, to: sample.folder.appending("other")) { _ in throw CancellationError() }
        }
        #expect(try FileSystem.list(sample.folder).allSatisfy { $0 != "other" && !$0.hasSuffix(".tmp") })
    }

    /// - Returns: why nothing was written, after a look that the earlier file is still there; nil when it was.
    private func refusal(
        _ sample: SampleBundle, head: FilePath?, _ change: (inout BundleIndex) -> Void = { _ in }
    ) throws -> String? {
        var index = try BundleFile.open(sample.file).index
        change(&index)
        let output = sample.folder.appending("output")
        try SampleBundle.write(Array("earlier".utf8), to: output)
        do {
            try BundleWriter.write(
                to: output, head: head, index: Array(try CanonicalJSON.encode(index)), signatures: [],
                packs: sample.packs.map { ($0, sample.folder.appending("\($0.name).pack")) },
                modificationTime: 1_700_000_000)
            return nil
        } catch PayloadError.unusable(let reason) {
            #expect(try FileSystem.text(output) == "earlier")
            #expect(try FileSystem.list(sample.folder).allSatisfy { !$0.hasSuffix(".tmp") })
            return reason
        }
    }
}

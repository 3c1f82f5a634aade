import Archive
import BundleModel
import FoundationEssentials
import Payload
import Signing
import SystemPackage
import Testing

/// Files made to be read, not damaged by chance: what no digest guards is refused too, and nothing traps.
struct HostileIndexTests {
    /// A parser of PEM skips blanks and control characters that a copy must not have changed.
    @Test(arguments: [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80] as [UInt8])
    func everyBitOfAPublicKeyCounts(bit: UInt8) throws {
        let sample = try SampleBundle()
        defer { sample.remove() }
        let regions = try BundleFile.open(sample.file).regions
        let region = try #require(regions.first { $0.name.hasPrefix("public key") })
        let good = try sample.bytes
        for offset in region.range {
            var bytes = good
            bytes[Int(offset)] ^= bit
            try SampleBundle.write(bytes, to: sample.file)
            #expect(throws: PayloadError.self, "byte \(offset - region.offset) of the key") {
                try BundleFile.open(sample.file)
            }
        }
    }

    /// Nobody signs such an index, but it is read before anybody asks who signed it.
    @Test(arguments: [UInt64.max, UInt64.max - 4094, 1 << 62])
    func aHeadThatCannotBeIsRefused(size: UInt64) throws {
        let sample = try SampleBundle()
        defer { sample.remove() }
        var index = try BundleFile.open(sample.file).index
        index.head?.size = size
        index.packs = []
        try BundleWriter.write(
            to: sample.file, head: sample.folder.appending("head"), index: Array(try CanonicalJSON.encode(index)),
            signatures: [], packs: [], modificationTime: 1_700_000_000)
        #expect(throws: PayloadError.self) { try BundleFile.open(sample.file) }
    }
}

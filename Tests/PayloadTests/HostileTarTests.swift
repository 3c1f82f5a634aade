import BundleModel
import FoundationEssentials
import Host
import Signing
import SystemPackage
import Testing

@testable import Payload

/// The outer tar holds what the index lists, once, in its order, and nothing else.
struct HostileTarTests {
    /// A parser of PEM skips blanks and control characters that a copy must not have changed.
    @Test(arguments: [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80] as [UInt8])
    func everyBitOfAPublicKeyCounts(bit: UInt8) throws {
        let sample = try SampleBundle()
        defer { sample.remove() }
        let bundle = try BundleFile.open(sample.file)
        let signature = try #require(bundle.regions.first { $0.name.hasPrefix("signature") })
        let region = try #require(bundle.regions.first { $0.name.hasPrefix("public key") })
        let flip = ByteFlip(sample.file)
        // Without the index, which takes most of the time of opening and is read before.
        let start = OuterTarReader(
            file: bundle.file, position: signature.offset - TarHeader.blockSize, end: bundle.file.size)
        var reader = start
        #expect(try reader.nextSignature().signature == bundle.signatures.first)
        for offset in region.range {
            try flip.apply(at: offset, mask: bit)
            var reader = start
            #expect(throws: PayloadError.self, "byte \(offset - region.offset) of the key") {
                try reader.nextSignature()
            }
            try flip.apply(at: offset, mask: bit)
        }
    }

    @Test func packsInAnotherOrderOrTwiceAreRefused() throws {
        let sample = try SampleBundle()
        defer { sample.remove() }
        let good = try RawBundle(sample)
        for packs in [good.packs.reversed(), good.packs + [good.packs[0]], Array(good.packs.prefix(1))] {
            var raw = good
            raw.packs = packs
            try raw.write(to: sample.file)
            #expect(try RawBundle.reason(sample.file) != nil)
        }
    }

    @Test func signaturesAreSortedWithOneOfEachKeyAndNotTooMany() throws {
        let sample = try SampleBundle()
        defer { sample.remove() }
        var raw = try RawBundle(sample)
        let many = try (0..<65).map { _ in try SigningKey.generate().signature(over: []) }
            .sorted { $0.keyID < $1.keyID }
        raw.signatures = Array(many.prefix(64))
        try raw.write(to: sample.file)
        #expect(try BundleFile.open(sample.file).signatures == raw.signatures)
        for signatures in [many, [many[0], many[0]], [many[1], many[0]]] {
            raw.signatures = signatures
            try raw.write(to: sample.file)
            #expect(try RawBundle.reason(sample.file)?.hasPrefix("signatures are sorted") == true)
        }
    }

    /// More than any memory, and no byte of it on the disk.
    @Test func anEndMarkOfATerabyteIsNotReadIntoMemory() throws {
        let sample = try SampleBundle()
        defer { sample.remove() }
        let good = try sample.bytes
        let length = UInt64(1) << 40
        try SampleBundle.write(Array(good.dropLast(64)), to: sample.file)
        let file = try FileDescriptor.open(sample.file, .writeOnly)
        try file.closeAfter {
            let trailer = good.suffix(64)
            let size = (0..<8).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) }
            let lying = Array(trailer.prefix(24)) + size + Array(trailer.suffix(32))
            try file.writeAll(toAbsoluteOffset: Int64(4096 + length), lying)
        }
        #expect(try RawBundle.reason(sample.file) == "the end mark is not two blocks of zeros")
    }

    @Test func whatIsNoRegularFileIsNoBundle() async throws {
        let sample = try SampleBundle()
        defer { sample.remove() }
        let fifo = sample.folder.appending("fifo")
        try await SystemProcessRunner().require(Command("mkfifo", [fifo.string]))
        for path in [fifo, sample.folder, "/dev/zero"] {
            #expect(throws: PayloadError.notABundle(path.string, reason: "not a regular file")) {
                try BundleFile.open(path)
            }
        }
    }
}

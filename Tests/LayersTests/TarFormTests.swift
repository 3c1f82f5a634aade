import Archive
import Layers
import Signing
import SystemPackage
import Testing

/// The tar itself: its forms, its end, its damage.
@Suite(.enabled(if: Snapshot.isPossible, "\(Snapshot.needs)"))
struct TarFormTests {
    @Test func theOldestFormAndStarAreRead() async throws {
        let snapshot = try Snapshot()
        try snapshot.unpack {
            $0.add("old", "\u{0}", "x", form: .oldest)
            $0.add("folder/", "\u{0}", form: .oldest)
            $0.add("star", "0", "y", modified: 5, form: .star, accessed: 9)
            $0.add("gnu", "0", "z", modified: 5, form: .gnu, accessed: 9)
            $0.add("pipe", "6", "", modified: 6, form: .star, accessed: 3)
        }
        let tree = try await snapshot.tree()
        #expect([tree["old"]?.kind, tree["folder"]?.kind, tree["star"]?.content] == ["file", "folder", "y"])
        #expect([tree["star"]?.modified, tree["gnu"]?.modified] == [5_000_000_000, 5_000_000_000])
    }

    @Test func binaryNumbersAndRecordsReplaceTheBlocks() async throws {
        let snapshot = try Snapshot()
        try snapshot.unpack {
            $0.add("big", "0", uid: 3_000_000, gid: 4_000_000_000, form: .gnu)
            $0.add("pax", "0", "12345", uid: 1, records: [("uid", "77"), ("gid", "+78"), ("size", "5")], size: 0)
            $0.add("kept", "0", uid: 1, records: [("uid", ""), ("path", "")])
        }
        let tree = try await snapshot.tree()
        #expect([tree["big"]?.uid, tree["big"]?.gid] == [3_000_000, 4_000_000_000])
        #expect([tree["pax"]?.uid, tree["pax"]?.gid, tree["pax"]?.size] == [77, 78, 5])
        #expect(tree["kept"]?.uid == 1)
    }

    @Test func membersWithoutContentMayClaimASize() async throws {
        let snapshot = try Snapshot()
        try snapshot.unpack {
            $0.add("d/", "5", size: 4096)
            $0.add("f", "0", "x")
            $0.add("l", "1", link: "f", size: 1)
        }
        #expect(try await snapshot.tree().paths == ["d", "f", "l"])
    }

    private static var sample: RawTar {
        var tar = RawTar()
        tar.add("a", "0", String(repeating: "a", count: 700))
        tar.add("x", "0", "b", records: [("path", "b")])
        return tar
    }

    @Test func theDigestCoversTheSourceToItsLastByte() throws {
        for extra in [[], [UInt8](repeating: 0, count: 9000), Array("what comes after the end mark".utf8)] {
            let bytes = Self.sample.whole + extra
            let summary = try Snapshot().unpack(bytes)
            #expect(summary.diffID == SHA256Hasher.hash(bytes))
            #expect((summary.size, summary.entries) == (UInt64(bytes.count), 2))
        }
    }

    @Test func aSourceOfWholeBuffersEnds() throws {
        for size in [1 << 20, 2 << 20, 4 << 20, (1 << 20) + 512] {
            let bytes = Self.sample.whole + [UInt8](repeating: 0, count: size - Self.sample.whole.count)
            #expect(try Snapshot().unpack(bytes).diffID == SHA256Hasher.hash(bytes))
        }
    }

    @Test func anEndBetweenMembersOrInTheLastBlocksFillingIsAnEnd() throws {
        let bytes = Self.sample.bytes
        for cut in [0, 1, 511] { #expect(try Snapshot().unpack(bytes.dropLast(cut) + []).entries == 2) }
        #expect(try Snapshot().unpack(bytes + [UInt8](repeating: 0, count: 512)).entries == 2)
        #expect(try Snapshot().unpack([]).entries == 0)
    }

    @Test func anEndElsewhereIsRefused() throws {
        let bytes = Self.sample.bytes
        let blocks = [1, 300, 511, 513, 512 + 699, 1536 + 5, 2048 + 3, 2560 + 511, bytes.count - 512]
        for count in blocks where count != 0 {
            let snapshot = try Snapshot()
            #expect {
                try snapshot.unpack(Array(bytes[..<count]))
            } throws: {
                guard case LayerError.refused = $0 else { return false }
                return true
            }
        }
    }

    @Test func damageIsRefused() throws {
        let snapshot = try Snapshot()
        snapshot.refuses {
            $0.add("f", "0")
            $0.spoil(3, with: 0x41)
        }
        // One empty block, and then something.
        snapshot.refuses {
            $0.append([0])
            $0.add("f", "0")
        }
        snapshot.refuses { $0.add("f", "0", size: -5) }
        snapshot.refuses { $0.add("f", "0", records: [("size", "-5")]) }
        for (keyword, value) in [
            ("mtime", "x"), ("mtime", ""), ("mtime", "1.x"), ("mtime", ".5"), ("uid", "1_0"), ("gid", "0x1"),
            ("size", "99999999999999999999"), ("ctime", "yesterday"), ("atime", "-"),
        ] where !value.isEmpty { snapshot.refuses { $0.add("f", "0", records: [(keyword, value)]) } }
        for record in ["5 a=b\n", "x a=b\n", "9 ab=cd\n", "6 a=b!", "6 abc\n", "4 =\n", "6 =ab\n", "11 path=a\u{0}\n"] {
            snapshot.refuses {
                $0.add("x", "x", record)
                $0.add("f", "0")
            }
        }
        snapshot.refuses { $0.add("x", "x", size: (1 << 20) + 1) }
    }

    @Test func whatIsNotKnownExactlyIsLeft() throws {
        let snapshot = try Snapshot()
        for type in "7SgDMNVXz" as String { snapshot.leaves { $0.add("f", type, form: .gnu) } }
        snapshot.leaves { $0.add("f", "0", records: [("GNU.sparse.major", "1")]) }
        snapshot.leaves { $0.add("f", "0", uid: -1, form: .gnu) }
        snapshot.leaves { $0.add("f", "0", records: [("gid", "4294967295")]) }
        snapshot.leaves { $0.add("c", "3", device: (5000, 0)) }
        snapshot.leaves { $0.add("b", "4", device: (1, 1 << 20)) }
        snapshot.leaves { $0.add("f", "0", records: [("mtime", "999999999999999999")]) }
        try snapshot.expectNothingOutside()
    }

    @Test func aSourceThatFailsEndsTheUnpackingWithItsError() throws {
        struct Broken: Error {}
        final class Source: ByteSource {
            private let start = TarFormTests.sample.bytes
            private var isRead = false
            func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
                if isRead { throw Broken() }
                isRead = true
                buffer.copyBytes(from: start)
                return start.count
            }
        }
        #expect(throws: Broken.self) { try LayerScan(Source()) }
    }
}

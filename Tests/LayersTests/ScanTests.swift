import BundleModel
import Layers
import Signing
import Testing

/// Judging a layer without writing it, for which no root is needed.
struct ScanTests {
    private func scan(_ build: (inout RawTar) -> Void) throws -> (LayerScan, [UInt8]) {
        var tar = RawTar()
        build(&tar)
        return (try LayerScan(Bytes(tar.whole)), tar.whole)
    }

    @Test func anOrdinaryLayerIsDirect() throws {
        let (scan, bytes) = try scan {
            $0.add("d/", "5")
            $0.add("d/f", "0", "x", records: [("SCHILY.xattr.user.k", "v"), ("mtime", "1.5")])
            $0.add("d/.wh.g", "0")
            $0.add("/../l", "2", link: "/etc")
        }
        #expect(scan.verdict == .direct)
        #expect((scan.summary.diffID, scan.summary.entries) == (SHA256Hasher.hash(bytes), 4))
    }

    @Test func whatIsLeftToContainerdIsNamedAndTheDigestStillCovered() throws {
        let (scan, bytes) = try scan {
            $0.add("f", "0", "x")
            $0.add("pax_global_header", "g", "13 comment=ab\n")
            $0.add("g", "0", String(repeating: "y", count: 3_000_000))
        }
        guard case .unsupported(let reason) = scan.verdict else {
            Issue.record("\(scan.verdict)")
            return
        }
        #expect(!reason.isEmpty)
        #expect((scan.summary.diffID, scan.summary.size) == (SHA256Hasher.hash(bytes), UInt64(bytes.count)))
    }

    @Test func damageIsRefused() throws {
        let (scan, bytes) = try scan {
            $0.add("f", "0", "x")
            $0.spoil(0, with: 0x67)
        }
        guard case .refused = scan.verdict else {
            Issue.record("\(scan.verdict)")
            return
        }
        #expect(scan.summary.diffID == SHA256Hasher.hash(bytes))
    }

    @Test func errorsSayWhatToDo() {
        #expect(LayerError.refused("x").category == .invalidInput)
        #expect(!LayerError.refused("x").hint.isEmpty)
        #expect(LayerError.system("write", path: "f\u{1b}", errno: 28).category == .noSpace)
        #expect(!LayerError.system("write", path: "f\u{1b}", errno: 28).message.contains("\u{1b}"))
    }
}

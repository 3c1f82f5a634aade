import BundleModel
import Host
import SystemPackage
import Testing

@testable import InstallCore

#if canImport(Glibc)
    import Glibc
#endif

/// How much a rerun asks for: what an earlier run has not put there yet.
struct DiskSpaceTests {
    private let megabyte: UInt64 = 1 << 20
    private let store = "/var/lib/containerd"

    private func errors(_ facts: NodeFacts) throws -> [String] {
        PreflightEvaluation(facts: facts, needs: try PreflightTests.needs()).findings
            .filter { $0.severity == .error }.map(\.id)
    }

    @Test func aRerunNeedsTheRest() throws {
        var facts = PreflightTests.good
        facts.isOurs = true
        facts.volumes[0].freeBytes = 3_000
        facts.volumes[1].freeBytes = 3_000
        #expect(try errors(facts) == ["disk"])
        // 4000 and 6000 are asked for, on one file system.
        facts.volumes[0].heldBytes = 4_000
        facts.volumes[1].heldBytes = 2_999
        #expect(try errors(facts) == ["disk"])
        facts.volumes[1].heldBytes = 3_000
        #expect(try errors(facts) == [])
    }

    private func pack(_ content: Pack.Content, _ members: [(path: String, megabytes: UInt64)]) throws -> Pack {
        let digest = try #require(Fixture.digest)
        let size = members.reduce(0) { $0 + $1.megabytes } * megabyte
        return Pack(
            name: content.rawValue, content: content, selector: .init(), compression: Compression(), size: size,
            uncompressedSize: size, chunkSize: size, chunks: [digest], digest: digest,
            members: members.map {
                Pack.Member(path: $0.path, kind: .file, mode: 0o644, size: $0.megabytes * megabyte, sha256: digest)
            })
    }

    private func held(
        _ folder: String, _ pack: Pack, _ scratch: Scratch, _ records: [JournalRecord],
        _ loader: ImageLoaderChoice = .auto
    ) -> UInt64 {
        let entries = records.enumerated().map { JournalEntry(sequence: $0 + 1, time: "", record: $1) }
        return EarlierWork(root: scratch.root, entries: entries, packs: [pack], role: .master, imageLoader: loader)
            .bytes(in: folder) / megabyte
    }

    private func fill(_ path: String, megabytes: UInt64, _ scratch: Scratch) throws {
        try scratch.write(String(repeating: "x", count: Int(megabytes * megabyte)), to: path)
    }

    @Test func filesCountByTheJournalAndTheirSize() throws {
        let scratch = try Scratch()
        let names = ["kubelet", "kubectl", "half", "of-others"]
        let members: [(path: String, megabytes: UInt64)] = names.map { (path: "usr/local/bin/\($0)", megabytes: 2) }
        let pack = try pack(.files, members + [(path: "opt/cni/bin/bridge", megabytes: 1)])
        let after = FileSnapshot(digest: try #require(Fixture.digest), mode: 0o755)
        let written = ["kubelet", "half", "kubectl"].map {
            JournalRecord.fileWritten(path: "/usr/local/bin/\($0)", before: nil, after: after)
        }
        try fill("/usr/local/bin/kubelet", megabytes: 2, scratch)
        // Recorded and not written yet; of the same size and not in the journal; of no bundle.
        try fill("/usr/local/bin/half", megabytes: 1, scratch)
        try fill("/usr/local/bin/of-others", megabytes: 2, scratch)
        try fill("/usr/local/bin/filler", megabytes: 2, scratch)
        #expect(held("/usr/local/bin", pack, scratch, written) == 2)
        #expect(held("/opt/cni/bin", pack, scratch, written) == 0)
        #expect(held("/usr/local/bin", pack, scratch, []) == 0)
    }

    @Test func packagesCountUntilDpkgHasThem() throws {
        let scratch = try Scratch()
        let pack = try pack(.packages, [("a.deb", 1), ("b.deb", 1)])
        try fill("\(NodePaths.packages)/a.deb", megabytes: 1, scratch)
        let started = JournalRecord.stepStarted(step: "host-packages")
        #expect(held(NodePaths.state, pack, scratch, [started]) == 1)
        #expect(held(NodePaths.state, pack, scratch, [started, .stepDone(step: "host-packages")]) == 2)
    }

    private let first = String(repeating: "a", count: 64)
    private let second = String(repeating: "b", count: 64)
    private func blob(_ name: String) -> String { "\(store)/io.containerd.content.v1.content/blobs/sha256/\(name)" }
    private var claimed: JournalRecord { .directoryClaimed(path: store, existed: false, kept: []) }

    /// A bundle with two blobs of 2 MB; the first one is there.
    private func halfImported() throws -> (Scratch, Pack) {
        let scratch = try Scratch()
        try fill(blob(first), megabytes: 2, scratch)
        return (scratch, try pack(.images, [("blobs/sha256/\(first)", 2), ("blobs/sha256/\(second)", 2)]))
    }

    @Test func imagesOfOthersAreNotOurWork() throws {
        let (scratch, pack) = try halfImported()
        try fill(blob("of-others"), megabytes: 8, scratch)
        try fill("\(store)/filler", megabytes: 8, scratch)
        try fill(blob(second), megabytes: 1, scratch)
        #expect(held(store, pack, scratch, [claimed]) == 2)
        #expect(held(store, pack, scratch, []) == 0)
    }

    @Test func whatIsUnpackedCountsOnceAndNoMoreThanItsBlobsMake() throws {
        let (scratch, pack) = try halfImported()
        let snapshots = "\(store)/io.containerd.snapshotter.v1.overlayfs/snapshots"
        try fill("\(snapshots)/1/fs/program", megabytes: 3, scratch)
        let program = scratch.root.resolve("\(snapshots)/1/fs/program").string
        for name in ["again", "and-again"] { #expect(link(program, "\(program)-\(name)") == 0) }
        #expect(held(store, pack, scratch, [claimed]) == 2 + 3)
        // A pod that fills its own layer takes room from the installation.
        try fill("\(snapshots)/2/fs/filler", megabytes: 20, scratch)
        #expect(held(store, pack, scratch, [claimed]) == 2 + 8)
    }

    @Test func importedImagesNeedNothingUnlessSomebodyRemovedThem() throws {
        let (scratch, pack) = try halfImported()
        let records = [claimed, .stepStarted(step: "images"), .stepDone(step: "images")]
        #expect(held(store, pack, scratch, records) == 10)
        try fill(blob(second), megabytes: 2, scratch)
        #expect(held(store, pack, scratch, records) == 20)
        #expect(NodeInstaller.bytes([pack], for: .worker)[store] == 20 * megabyte)
    }

    /// A bundle with a plain layer for all nodes and one for masters, 8 MB each.
    private func plainLayers() throws -> Pack {
        var pack = try pack(.images, [("layers/sha256/\(first)", 8), ("layers/sha256/\(second)", 8)])
        pack.parts = [
            .init(name: "documents", roles: [], members: 1, uncompressedEnd: 8 * megabyte, end: 8 * megabyte),
            .init(name: "layers", roles: [.master], members: 1, uncompressedEnd: 16 * megabyte, end: 16 * megabyte),
        ]
        return pack
    }

    @Test func plainLayersTakeTwiceTheirSizeWithCtrAndOnlyThoseOfTheRole() throws {
        let scratch = try Scratch()
        let pack = try plainLayers()
        #expect(NodeInstaller.bytes([pack], for: .worker, imageLoader: .ctr)[store] == 17 * megabyte)
        #expect(NodeInstaller.bytes([pack], for: .master, imageLoader: .ctr)[store] == 34 * megabyte)
        // The layer is a blob of containerd's, by the same digest.
        try fill(blob(first), megabytes: 8, scratch)
        #expect(held(store, pack, scratch, [claimed], .ctr) == 8)
        #expect(held(store, pack, scratch, [claimed, .stepDone(step: "images")], .ctr) == 17)
    }

    @Test func plainLayersTakeTheirSizeOnceWhereTheyGoStraightIn() throws {
        let scratch = try Scratch()
        let pack = try plainLayers()
        #expect(NodeInstaller.bytes([pack], for: .worker)[store] == 9 * megabyte)
        #expect(NodeInstaller.bytes([pack], for: .master)[store] == 18 * megabyte)
        try fill("\(store)/io.containerd.snapshotter.v1.overlayfs/snapshots/1/fs/a", megabytes: 5, scratch)
        #expect(held(store, pack, scratch, [claimed]) == 5)
        try fill("\(store)/io.containerd.snapshotter.v1.overlayfs/snapshots/2/fs/a", megabytes: 20, scratch)
        #expect(held(store, pack, scratch, [claimed]) == 18)
        #expect(held(store, pack, scratch, [claimed, .stepDone(step: "images")]) == 18)
    }
}

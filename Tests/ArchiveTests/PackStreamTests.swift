import Archive
import BundleModel
import FoundationEssentials
import Host
import SystemPackage
import Testing

/// Parts and packs end without waiting for what is being compressed: that must not show in the bytes.
struct PackStreamTests {
    /// KUBEFERRY_SEED, or a new one that failures print.
    private let seed =
        ProcessInfo.processInfo.environment["KUBEFERRY_SEED"].flatMap { UInt64($0) } ?? .random(in: 0..<UInt64.max)

    /// Content of one member for each part: from a byte to more than a job of the compressor takes.
    private func contents(_ count: Int) -> [[UInt8]] {
        var state = seed
        func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 33
        }
        let noise = (0..<300_000).map { _ in UInt8(truncatingIfNeeded: next()) }
        return (0..<count).map { number in
            let size = next().isMultiple(of: 3) ? 1 + next() % 300 : 1 + next() % 900_000
            let text = Array("member \(number) of this pack\n".utf8)
            var content: [UInt8] = []
            while content.count < Int(size) {
                let from = Int(next()) % 250_000
                content += noise[from..<(from + 1 + Int(next()) % 40_000)]
                content += text
            }
            return Array(content.prefix(Int(size)))
        }
    }

    private func create(_ path: FilePath) throws -> FileDescriptor {
        try FileDescriptor.open(path, .readWrite, options: [.create, .truncate], permissions: .ownerReadWrite)
    }

    private func begin(
        _ output: FileDescriptor, _ level: Int, threads: Int, progressed: @escaping (UInt64) throws -> Void = { _ in }
    ) throws -> TarPackWriter {
        try TarPackWriter(
            output: output, compression: Compression(level: level, windowLog: 20), threads: threads,
            modificationTime: 0, order: .given, chunkSize: 1 << 16, progressed: progressed)
    }

    private func addParts(_ contents: [[UInt8]], to writer: TarPackWriter) throws {
        for (number, content) in contents.enumerated() {
            try writer.beginPart("\(number)", roles: [])
            try writer.add(.bytes(path: "\(number)", mode: 0o644, content: content))
        }
    }

    private func write(_ folder: PackFolder, _ contents: [[UInt8]], _ level: Int, threads: Int) throws -> Pack {
        let output = try create(folder.pack)
        return try output.closeAfter {
            let writer = try begin(output, level, threads: threads)
            try addParts(contents, to: writer)
            return try writer.finish().pack(name: "images", content: .images, selector: Pack.Selector())
        }
    }

    @Test(arguments: [1, 3, 7])
    func theBytesAreTheSameForAnyNumberOfThreadsAndInEveryRun(_ level: Int) throws {
        let contents = contents(30)
        let one = try PackFolder()
        let pack = try write(one, contents, level, threads: 1)
        let bytes = try FileSystem.read(one.pack, limit: 1 << 30)
        for threads in [1, 2, 2, 2, 4, 4] {
            let other = try PackFolder()
            #expect(try write(other, contents, level, threads: threads) == pack, "\(threads) threads, seed \(seed)")
            let same = try FileSystem.read(other.pack, limit: 1 << 30) == bytes
            #expect(same, "\(threads) threads, seed \(seed)")
        }
    }

    @Test func everyBeginningUpToAPartsEndDecodesToExactlyThat() async throws {
        let contents = contents(12)
        let folder = try PackFolder()
        let pack = try write(folder, contents, 3, threads: 2)
        let bytes = try FileSystem.read(folder.pack, limit: 1 << 30)
        for number in contents.indices {
            let prefix = pack.prefix(throughPart: number)
            let beginning = folder.path.appending("beginning")
            try AtomicFile.write(bytes.prefix(Int(prefix.size)), to: beginning)
            let reader = try PackReader(
                source: FileByteSource(beginning), compression: pack.compression, prefix: prefix)
            var count = 0
            try reader.forEachMember(pack.members(in: prefix)) { _, _ in
                count += 1
                return true
            }
            #expect(count == number + 1, "seed \(seed)")
        }
    }

    @Test func packsOfOneStreamGetTheirOwnFiles() async throws {
        let contents = contents(9)
        let folder = try PackFolder()
        let files = ["first", "second", "third"].map { folder.path.appending($0) }
        let outputs = try files.map(create)
        defer { for output in outputs { try? output.close() } }
        var last: TarPackWriter?
        for (number, output) in outputs.enumerated() {
            let writer =
                if let last {
                    try TarPackWriter(output: output, after: last, order: .given)
                } else {
                    try begin(output, 3, threads: 2)
                }
            try addParts(Array(contents[(number * 3)..<(number * 3 + 3)]), to: writer)
            last = writer
        }
        let summaries = try #require(last).finishStream()
        #expect(summaries.count == 3)
        for (summary, file) in zip(summaries, files) {
            #expect(try FileSystem.status(file)?.size == summary.size)
            #expect(summary.chunks.count == Int((summary.size + 0xffff) >> 16))
            #expect(summary.parts?.last?.end == summary.size)
            #expect(summary.parts?.last?.uncompressedEnd == summary.uncompressedSize)
        }
        let size = try await SystemProcessRunner().require(
            Command("sh", ["-c", "cat \"$@\" | zstd -dc | wc -c", "sh"] + files.map(\.string)))
        let total = summaries.reduce(0) { $0 + $1.uncompressedSize }
        #expect(size.standardOutput.filter { !$0.isWhitespace } == "\(total)", "seed \(seed)")
        // The second by itself: what comes before it is decoded and forgotten.
        let middle = summaries[1].pack(name: "b", content: .images, selector: Pack.Selector(), continues: "a")
        let both = folder.path.appending("both")
        try AtomicFile.write(
            FileSystem.read(files[0], limit: 1 << 30) + FileSystem.read(files[1], limit: 1 << 30), to: both)
        let reader = try PackReader(
            source: FileByteSource(both), compression: middle.compression, prefix: middle.whole,
            after: summaries[0].uncompressedSize, goesOn: true)
        var paths: [String] = []
        try reader.forEachMember(middle.members) { member, _ in
            paths.append(member.path)
            return true
        }
        #expect(paths == ["0", "1", "2"])
    }

    @Test func whatDoesNotDecodeToWhatWasPackedIsNoPack() throws {
        let folder = try PackFolder()
        let output = try create(folder.pack)
        let other = try FileDescriptor.open(folder.pack, .writeOnly)
        defer { try? other.close() }
        try output.closeAfter {
            let writer = try begin(output, 1, threads: 2) { _ in
                try other.writeAll(toAbsoluteOffset: 600, [UInt8](repeating: 0x55, count: 200))
            }
            try addParts(contents(20), to: writer)
            #expect {
                _ = try writer.finishStream()
            } throws: {
                guard case ArchiveError.library(_, let reason) = $0 else { return false }
                return reason.contains("does not decode")
            }
        }
    }

    @Test func writingCanBeStopped() throws {
        let folder = try PackFolder()
        let contents = contents(3)
        let output = try create(folder.pack)
        try output.closeAfter {
            let writer = try begin(output, 1, threads: 1) { _ in throw CancellationError() }
            #expect(throws: CancellationError.self) {
                try addParts(contents, to: writer)
                _ = try writer.finishStream()
            }
        }
    }

    @Test func progressIsWhatIsCompressedAndEndsWithAll() throws {
        let folder = try PackFolder()
        let output = try create(folder.pack)
        var seen: [UInt64] = []
        let summary = try output.closeAfter {
            let writer = try begin(output, 3, threads: 2) { seen.append($0) }
            try addParts(contents(9), to: writer)
            return try writer.finish()
        }
        #expect(seen == seen.sorted())
        #expect(seen.last == summary.uncompressedSize)
    }
}

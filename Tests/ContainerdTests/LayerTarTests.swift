import ContainerdTestSupport
import FoundationEssentials
import Host
import SystemPackage
import Testing

/// The tests' own tar writer, read by GNU tar: what it says is what others understand.
struct LayerTarTests {
    @Test func anotherProgramReadsEveryFormat() async throws {
        let long = NastyImages.deep(600)
        let listed = try await list(
            LayerTar.layer([
                .file("plain", "12345", { ($0.mode, $0.owner, $0.group) = (0o4750, 12, 34) }),
                .file(long, "gnu", { $0.format = .gnu }), .file(long + "p", "pax", { $0.format = .pax }),
                .symlink("link", to: long, { $0.format = .gnu }), .device("null", type: "3", 1, 3),
                .file("before", "", { $0.modified = (-2, 0) }),
                .file("wide", "", { ($0.owner, $0.format) = (4_000_000_000, .gnu) }),
            ]))
        #expect(listed.count == 7)
        #expect(listed[0].contains("-rwsr-x--- 12/34") && listed[0].contains(" 5 2020-09-13 12:26:40"))
        #expect(listed[1].hasSuffix(" \(long)") || listed[1].hasSuffix(String(decoding: long.bytes, as: UTF8.self)))
        #expect(listed[2].hasSuffix(String(decoding: (long + "p").bytes, as: UTF8.self)))
        #expect(listed[3].hasSuffix("link -> " + String(decoding: long.bytes, as: UTF8.self)))
        #expect(listed[4].contains("1,3"))
        #expect(listed[5].contains("1969-12-31 23:59:58"))
        #expect(listed[6].contains("4000000000/0"))
    }

    @Test func paxRecordsCountTheirOwnDigits() {
        for length in [1, 2, 85, 92, 93, 94, 985, 992, 993, 994] {
            let record = PaxRecords.encode([("k", .repeating("v", count: length))])
            let stated = record.prefix { $0 != 0x20 }
            #expect(Int(String(decoding: stated, as: UTF8.self)) == record.count)
        }
    }

    @Test func everyThemeHasItsOwnName() {
        let names = NastyImages.all.map(\.name)
        #expect(names.count > 50)
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { $0.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "-" } })
    }

    private func list(_ tar: [UInt8]) async throws -> [String] {
        let file = FilePath(FileManager.default.temporaryDirectory.path).appending("layer-\(UUID().uuidString).tar")
        try AtomicFile.write(tar, to: file)
        defer { try? FileSystem.remove(file) }
        let command = Command(
            "tar", ["--numeric-owner", "--full-time", "-tvf", file.string], environment: ["TZ": "UTC"])
        return try await SystemProcessRunner().require(command).standardOutput.split(separator: "\n").map(String.init)
    }
}

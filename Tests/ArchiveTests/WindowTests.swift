import Archive
import BundleModel
import Testing

/// What the index says about a pack's window bounds what a node allocates, whatever the pack itself asks for.
struct WindowTests {
    private static let content = [UInt8](repeating: 0x61, count: 3 << 20)

    @Test(arguments: Compression.Format.allCases)
    func aStreamThatWantsALargerWindowThanTheIndexSaysIsRefused(_ format: Compression.Format) throws {
        let folder = try PackFolder()
        let written = Compression(format: format, level: 1, windowLog: 21)
        let source = PackSource.bytes(path: "tool", mode: 0o644, content: Self.content)
        let members = try folder.write([source], written).members
        #expect {
            try folder.extract(members, Compression(format: format, level: 1, windowLog: 20))
        } throws: {
            guard case ArchiveError.corrupt(_, _, let reason) = $0 else { return false }
            return reason.contains("too much memory") || reason.contains("a larger dictionary")
        }
        #expect(try folder.extract(members, written) == ["tool"])
    }

    @Test(arguments: Compression.Format.allCases, [9, Compression.windowLogs.upperBound + 1])
    func noPackIsWrittenThatNoNodeReads(_ format: Compression.Format, _ log: Int) throws {
        let folder = try PackFolder()
        let error = #expect(throws: ArchiveError.self) {
            try folder.write([], Compression(format: format, level: 1, windowLog: log))
        }
        #expect(error?.message.contains("window 2^\(log), not") == true, "\(error?.message ?? "none")")
    }

    @Test(arguments: Compression.Format.allCases)
    func everyStandardSettingIsWithinTheLimits(_ format: Compression.Format) {
        #expect(Compression.standard(format).level == format.standardLevel)
        for level in format.levels {
            let standard = Compression.standard(format, level: level)
            #expect(standard.level == level && standard.format == format)
            #expect(Compression.windowLogs.contains(standard.windowLog))
            // Nodes of 1 GiB have to unpack the default; half of them is for those who ask for a very high level.
            #expect(standard.decodingMemory <= (level <= format.standardLevel ? 256 << 20 : 512 << 20))
        }
    }
}

import SystemPackage
import Testing

@testable import Host

#if canImport(Glibc)
    import Glibc
#endif

@Suite(.serialized)
struct ProgramMemoryTests {
    @Test func aFilesPlacesAreFoundWhateverItIsCalled() {
        let maps = """
            00400000-01c5b000 r-xp 00000000 fd:00 1835010                            /mnt/my stick/k8s.run
            01c5b000-01d72000 r--p 0185a000 fd:00 1835010                            /mnt/my stick/k8s.run
            020e9000-02300000 rw-p 00000000 00:00 0                                  [heap]
            7f0000000000-7f0000001000 r--p 00000000 fd:00 7                          /mnt/my stick/k8s.run.old
            7f0000002000-7f0000003000 rw-p 00000000 00:00 0
            """
        #expect(
            ProgramMemory.ranges(of: "/mnt/my stick/k8s.run", in: maps)
                == [0x40_0000..<0x1c5_b000, 0x1c5_b000..<0x1d7_2000])
    }

    /// Of the program that runs the tests.
    @Test func theWholeProgramIsLocked() throws {
        ProgramMemory.hold()
        defer { munlockall() }
        let (size, present) = try program()
        #expect(size > 0 && present == size, "\(present) of \(size) kB")
    }

    @Test func onlyAProgramOnAnotherFileSystemIs() throws {
        let own = try FileSystem.resolvingLinks("/proc/self/exe").removingLastComponent()
        ProgramMemory.keep(unlessBeside: own)
        #expect(try locked() == 0)
        ProgramMemory.keep(unlessBeside: "/proc")
        defer { munlockall() }
        #expect(try locked() > 0)
    }

    /// kB that this process has locked.
    private func locked() throws -> Int {
        let text = try #require(try FileSystem.text("/proc/self/status"))
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("VmLck:") })
        return try #require(Int(line.split(whereSeparator: \.isWhitespace)[1]))
    }

    /// kB of the running program, and of that in memory.
    private func program() throws -> (size: UInt64, present: UInt64) {
        let text = try #require(try FileSystem.text("/proc/self/smaps"))
        let program = try FileSystem.resolvingLinks("/proc/self/exe").string
        var isProgram = false
        var size: UInt64 = 0
        var present: UInt64 = 0
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ", omittingEmptySubsequences: true)
            if fields[0].contains("-") { isProgram = line.hasSuffix(" \(program)") }
            guard isProgram, fields.count == 3, fields[2] == "kB", let value = UInt64(fields[1]) else { continue }
            if fields[0] == "Size:" { size += value }
            if fields[0] == "Rss:" { present += value }
        }
        return (size, present)
    }
}

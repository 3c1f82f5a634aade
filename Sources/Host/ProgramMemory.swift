public import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// The running program's own pages.
public enum ProgramMemory {
    /// Reads the whole program into memory, and keeps it there as far as this user may lock memory.
    ///
    /// The kernel reads a program as it runs. One that came from a stick which is pulled ends by SIGBUS at the next page
    /// that is not there, without a word; so does one whose medium fails. A medium that fails here is no error yet:
    /// whoever reads from it next says more.
    ///
    /// - Parameter other: only where the program is on another file system than this folder. What is on the machine's own
    ///   goes with the machine, and to hold it takes a tenth of the time that a small bundle is checked in.
    public static func keep(unlessBeside other: FilePath = "/") {
        var (own, beside) = (stat(), stat())
        guard stat("/proc/self/exe", &own) == 0, stat(other.string, &beside) == 0, own.st_dev != beside.st_dev else {
            return
        }
        hold()
    }

    static func hold() {
        guard let maps = try? FileSystem.text("/proc/self/maps"),
            let program = try? FileSystem.resolvingLinks("/proc/self/exe").string
        else { return }
        for range in ranges(of: program, in: maps) {
            guard let start = UnsafeMutableRawPointer(bitPattern: range.lowerBound) else { continue }
            // First without the lock, which a user other than root may have little of.
            madvise(start, range.count, populateRead)
            mlock(start, range.count)
        }
    }

    /// MADV_POPULATE_READ, since Linux 5.14; older ones refuse it.
    private static let populateRead: CInt = 22

    /// The addresses that a file is mapped at.
    ///
    /// - Parameter maps: as in proc_pid_maps(5).
    static func ranges(of file: String, in maps: String) -> [Range<UInt>] {
        maps.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
            guard fields.count == 6, fields[5].drop(while: { $0 == " " }) == file else { return nil }
            let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            return ends.count == 2 && ends[0] < ends[1] ? ends[0]..<ends[1] : nil
        }
    }
}

import BundleModel
import FoundationEssentials
import Host

#if canImport(Glibc)
    import Glibc
#endif

/// stdout for results, stderr for status. Whole writes, no buffering between the two.
public enum StandardStreams {
    /// - Throws: `HostError.system` where the result would be cut off, on a full disk as an instance.
    public static func writeOutput(_ text: String) throws {
        try writeOutput(Array(text.utf8))
    }

    /// What cannot be written there has nowhere else to go.
    public static func writeError(_ text: String) {
        _ = write(Array(text.utf8), to: STDERR_FILENO)
    }

    /// A result as canonical JSON.
    ///
    /// - Throws: as `writeOutput`.
    public static func writeJSON(_ value: some Encodable) throws {
        try writeOutput(Array(try CanonicalJSON.encode(value)))
    }

    public static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Columns of the terminal that stderr is; 80 where it is none.
    public static var errorColumns: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    private static func writeOutput(_ bytes: [UInt8]) throws {
        let problem = write(bytes, to: STDOUT_FILENO)
        // Nobody reads any more: there is nobody to tell.
        guard problem != 0, problem != EPIPE else { return }
        throw HostError.system("write the result to", path: "standard output", errno: problem)
    }

    /// - Returns: 0, or what write(2) or poll(2) ended with.
    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                let problem = errno
                if problem == EINTR { continue }
                guard problem == EAGAIN else { return problem }
                // Somebody else made the pipe or terminal one that does not wait.
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                guard poll(&ready, 1, -1) >= 0 || errno == EINTR else { return errno }
                continue
            }
            rest = rest.dropFirst(count)
        }
        return 0
    }
}

import BundleModel
import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#endif

/// stdout for results, stderr for status. Whole writes, no buffering between the two.
public enum StandardStreams {
    public static func writeOutput(_ text: String) {
        write(Array(text.utf8), to: STDOUT_FILENO)
    }

    public static func writeError(_ text: String) {
        write(Array(text.utf8), to: STDERR_FILENO)
    }

    /// A result as canonical JSON.
    public static func writeJSON(_ value: some Encodable) throws {
        write(Array(try CanonicalJSON.encode(value)), to: STDOUT_FILENO)
    }

    public static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Columns of the terminal that stderr is; 80 where it is none.
    public static var errorColumns: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                // Nobody reads any more: there is nobody to tell.
                return
            }
            rest = rest.dropFirst(count)
        }
    }
}

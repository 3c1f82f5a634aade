import CLinux
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// Standard input for one program: a descriptor to hand over, and the work that fills it.
struct InputFeed: Sendable {
    let readEnd: FileDescriptor
    private let writeEnd: FileDescriptor?
    private let produce: (@Sendable (FileDescriptor) throws -> Void)?

    init(_ input: Command.Input) throws {
        do {
            switch input {
            case .none:
                readEnd = try FileDescriptor.open("/dev/null", .readOnly, options: [.closeOnExec])
                writeEnd = nil
                produce = nil
            case .file(let path):
                readEnd = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
                writeEnd = nil
                produce = nil
            case .stream(let produce):
                var ends: [Int32] = [0, 0]
                guard linux_pipe(&ends) == 0 else { throw Errno(rawValue: errno) }
                readEnd = FileDescriptor(rawValue: ends[0])
                writeEnd = FileDescriptor(rawValue: ends[1])
                self.produce = produce
            }
        } catch let error as Errno {
            throw HostError.system("open", path: "standard input", errno: error.rawValue)
        }
    }

    /// Writes everything and closes the pipe. A reader that went away is not an error here: its status says why.
    func run() async throws {
        guard let writeEnd, let produce else { return }
        // A reader that ends early must cost a failed write, not this process.
        signal(SIGPIPE, SIG_IGN)
        try await BlockingPool.shared.run {
            defer { try? writeEnd.close() }
            do {
                try produce(writeEnd)
            } catch Errno.brokenPipe {
                return
            }
        }
    }
}

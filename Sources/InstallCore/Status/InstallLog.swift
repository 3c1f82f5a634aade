import FoundationEssentials
import Host
public import Logging
import Synchronization
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// /var/log/node-install.log: everything that was done, without secrets, readable by root alone.
public final class InstallLog: Sendable {
    private let descriptor: FileDescriptor
    private let gate = Mutex<Void>(())

    /// - Throws: `HostError.system` when the file cannot be opened.
    public init(path: String = NodePaths.log) throws {
        do {
            descriptor = try FileDescriptor.open(
                FilePath(path), .writeOnly, options: [.create, .append, .noFollow, .closeOnExec],
                permissions: [.ownerReadWrite])
            fchmod(descriptor.rawValue, 0o600)
        } catch let error as Errno {
            throw HostError.system("open", path: path, errno: error.rawValue)
        }
    }

    deinit { try? descriptor.close() }

    func write(_ text: String) {
        let line = Redaction.clean(text) + "\n"
        // A full disk must not end the run for the sake of its log.
        gate.withLock { _ in _ = try? descriptor.writeAll(Array(line.utf8)) }
    }

    /// A handler that writes to this log, and passes on to another what that one's level lets through.
    public func handler(also other: any LogHandler) -> any LogHandler {
        Handler(log: self, other: other)
    }

    private struct Handler: LogHandler {
        let log: InstallLog
        var other: any LogHandler
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .debug

        init(log: InstallLog, other: any LogHandler) {
            self.log = log
            self.other = other
        }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            log.write("\(Date().formatted(.iso8601)) \(event.level) \(event.message)")
            guard event.level >= other.logLevel else { return }
            var clean = event
            clean.message = Logger.Message(stringLiteral: Redaction.clean("\(event.message)"))
            other.log(event: clean)
        }
    }
}

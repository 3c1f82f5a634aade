import BundleModel
import FoundationEssentials
import Host
public import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// sequences.json below the cache folder: the highest sequence of each product line that a bundle was made with. Safe
/// for several runs at once; it only ever grows.
public struct SequenceRecord: Sendable {
    private struct Content: Codable {
        static let currentSchemaVersion = 1
        var schemaVersion = Content.currentSchemaVersion
        var highest: [String: UInt64] = [:]
    }

    private let folder: FilePath
    private var path: FilePath { folder.appending("sequences.json") }

    /// - Parameter folder: made where it is missing, when something is first remembered.
    public init(folder: FilePath) {
        self.folder = folder
    }

    /// - Returns: nil for a product line that no bundle was made of.
    /// - Throws: `BundleBuildError.unreadable`, `HostError`.
    public func highest(of productLine: String) throws -> UInt64? {
        try read().highest[productLine]
    }

    /// Remembers a bundle that was made; a lower sequence than a known one changes nothing.
    ///
    /// - Throws: `BundleBuildError.unreadable`, `HostError`.
    public func remember(_ sequence: UInt64, of productLine: String) async throws {
        try await BlockingPool.shared.run {
            try FileSystem.makeDirectories(folder)
            try locked {
                var content = try read()
                if let highest = content.highest[productLine], sequence <= highest { return }
                content.highest[productLine] = sequence
                try AtomicFile.write(try CanonicalJSON.encode(content), to: path)
            }
        }
    }

    private func read() throws -> Content {
        guard let bytes = try FileSystem.readIfPresent(path) else { return Content() }
        let content: Content
        do {
            content = try CanonicalJSON.decode(Content.self, from: Data(bytes))
        } catch {
            throw BundleBuildError.unreadable(path: path.string, reason: CanonicalJSON.explanation(of: error))
        }
        guard content.schemaVersion == Content.currentSchemaVersion else {
            throw BundleBuildError.unreadable(
                path: path.string,
                reason: "schema version \(content.schemaVersion), expected \(Content.currentSchemaVersion)")
        }
        return content
    }

    /// A file of its own is locked: the record itself is replaced by each writer.
    private func locked(_ work: () throws -> Void) throws {
        let guarded = folder.appending("sequences.lock")
        do {
            let lock = try FileDescriptor.open(
                guarded, .readWrite, options: [.create, .noFollow, .closeOnExec], permissions: .ownerReadWrite)
            try lock.closeAfter {
                while flock(lock.rawValue, LOCK_EX) != 0 {
                    guard errno == EINTR else { throw Errno(rawValue: errno) }
                }
                try work()
            }
        } catch let error as Errno {
            throw HostError.system("lock", path: guarded.string, errno: error.rawValue)
        }
    }
}

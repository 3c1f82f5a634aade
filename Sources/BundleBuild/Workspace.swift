import BundleModel
import FoundationEssentials
import Host
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// A folder for half-made things beside the output, on the same file system; gone when the work ends, however it ends.
///
/// Its owner holds a lock on it. By that the next run for the same output knows what a killed one left, and removes it.
final class Workspace: Sendable {
    private static let suffix = ".work"

    let path: FilePath
    private let lock: FileDescriptor

    /// - Parameter output: the file that the work will give.
    /// - Throws: `BundleBuildError.badOption` where its folder does not exist: more often a slip than a wish.
    init(beside output: FilePath) throws {
        let parent = output.removingLastComponent()
        let folder = parent.isEmpty ? FilePath(".") : parent
        guard FileSystem.exists(folder) else {
            throw BundleBuildError.badOption(
                "--output", value: output.string, expected: "a file in a folder that exists")
        }
        let name = output.lastComponent?.string ?? "bundle"
        Self.removeAbandoned(of: name, in: folder)
        let made = try Self.make(name, in: folder)
        path = made.path
        lock = made.lock
    }

    func folder(_ name: String) throws -> FilePath {
        let folder = path.appending(name)
        try FileSystem.makeDirectories(folder)
        return folder
    }

    /// Makes room once only one folder of it is needed; what cannot be removed now goes with the rest.
    func remove(allBut kept: String) {
        for name in (try? FileSystem.list(path)) ?? [] where name != kept {
            try? FileManager.default.removeItem(atPath: path.appending(name).string)
        }
    }

    /// Does work in the folder, which is gone before anybody hears that the work failed: a thread that has done some of
    /// it may hold on to this for a moment longer, and the process end in that moment.
    func removedOnFailure<Result>(_ work: () async throws -> Result) async throws -> Result {
        do {
            return try await work()
        } catch {
            remove()
            throw error
        }
    }

    func remove() {
        // Once it is gone the name may be another run's.
        guard lock.isAt(path) else { return }
        try? FileManager.default.removeItem(atPath: path.string)
    }

    deinit {
        remove()
        try? lock.close()
    }

    /// A new folder, locked. A name that is taken is passed over: another container may have a process of this number.
    private static func make(_ name: String, in folder: FilePath) throws -> (path: FilePath, lock: FileDescriptor) {
        var number = 0
        while true {
            let mark = number == 0 ? "\(getpid())" : "\(getpid())-\(number)"
            let path = folder.appending(".\(name).\(mark)\(suffix)")
            number += 1
            guard mkdir(path.string, 0o700) == 0 else {
                let code = errno
                if code == EEXIST { continue }
                throw HostError.system("make folder", path: path.string, errno: code)
            }
            do {
                let lock = try open(path)
                // A file system without locks: what is left there stays.
                while flock(lock.rawValue, LOCK_EX) != 0, errno == EINTR {}
                // Between the two steps another run may have taken it for abandoned.
                if lock.isAt(path) { return (path, lock) }
                try lock.close()
            } catch Errno.noSuchFileOrDirectory {
                continue
            } catch let error as Errno {
                throw HostError.system("lock", path: path.string, errno: error.rawValue)
            }
        }
    }

    /// Removes what killed runs left of the same output. What is locked somebody is at work on.
    private static func removeAbandoned(of name: String, in folder: FilePath) {
        let prefix = ".\(name)."
        for entry in (try? FileSystem.list(folder)) ?? [] where entry.hasPrefix(prefix) && entry.hasSuffix(suffix) {
            let mark = entry.utf8.dropFirst(prefix.utf8.count).dropLast(suffix.utf8.count)
            let isMark = mark.allSatisfy { byte in
                byte == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
            let path = folder.appending(entry)
            guard !mark.isEmpty, isMark, let lock = try? open(path) else { continue }
            if flock(lock.rawValue, LOCK_EX | LOCK_NB) == 0, lock.isAt(path) {
                try? FileManager.default.removeItem(atPath: path.string)
            }
            try? lock.close()
        }
    }

    private static func open(_ path: FilePath) throws -> FileDescriptor {
        try FileDescriptor.open(path, .readOnly, options: [.directory, .noFollow, .closeOnExec])
    }
}

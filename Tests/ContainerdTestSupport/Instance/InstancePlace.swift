import CFileSystems
import FoundationEssentials
import Host
public import SystemPackage
import TestSupport

#if canImport(Glibc)
    import Glibc
#endif

/// Where instances live: on a file system that can hold an overlay's upper folders, below the test bed where it is used.
public enum InstancePlace {
    /// The repository's root.
    public static let repository = FilePath(#filePath)
        .removingLastComponent().removingLastComponent().removingLastComponent().removingLastComponent()

    public static var testbed: FilePath {
        ProcessInfo.processInfo.environment["TESTBED_DIR"].map { FilePath($0) }
            ?? repository.appending(".build-testbed")
    }

    /// Why no containerd can be started here; nil where it can.
    public static var obstacle: String? {
        guard getuid() == 0 else { return "needs root" }
        guard
            access("\(testbed)/containerd/bookworm/bin/containerd", X_OK) == 0 || isBookworm
        else { return "needs the test bed's containerd (Tests/Testbed/testbed containerd), which needs Debian 12" }
        let file = try? FileSystem.makeDirectories(testbed.appending("tmp"))
        guard file != nil else { return "cannot make \(testbed)/tmp" }
        // OVERLAYFS_SUPER_MAGIC, TMPFS_MAGIC: the first holds no upper folder, the second no `user.` attribute.
        let type = fileSystem(testbed)
        guard type != 0x794c_7630, type != 0x0102_1994 else {
            return "\(testbed) is on overlayfs or tmpfs: set TESTBED_DIR to a folder on ext4 or xfs"
        }
        return nil
    }

    /// Where the test bed knows how to fetch containerd.
    private static var isBookworm: Bool {
        let release = (try? FileSystem.text("/etc/os-release")) ?? nil
        return release?.contains("VERSION_CODENAME=bookworm") ?? false
    }

    private static let prefix = "kubeferry-containerd-"

    /// A run that is to have everything has the test bed's disk; others leave no trace of a test bed.
    private static var parent: FilePath { RunSettings.isRequired ? testbed.appending("tmp") : "/var/tmp" }

    /// A new folder, named after this process so that what a killed run left is known as such.
    public static func make() throws -> FilePath {
        let parent = parent
        try FileSystem.makeDirectories(parent)
        try sweep(parent)
        let name = "\(prefix)\(getpid())-\(UUID().uuidString.prefix(4).lowercased())"
        let folder = parent.appending(name)
        try FileSystem.makeDirectories(folder, mode: 0o700)
        return folder
    }

    /// Removes folders of runs that are no more. Their containerd ended with them, and its mounts with it.
    private static func sweep(_ parent: FilePath) throws {
        for name in try FileSystem.list(parent) where name.hasPrefix(prefix) {
            guard let pid = name.dropFirst(prefix.count).split(separator: "-").first.flatMap({ Int32($0) }),
                kill(pid, 0) != 0
            else { continue }
            try? FileManager.default.removeItem(atPath: parent.appending(name).string)
        }
    }

    private static func fileSystem(_ path: FilePath) -> Int {
        var status = statfs()
        return statfs(path.string, &status) == 0 ? Int(status.f_type) : 0
    }
}

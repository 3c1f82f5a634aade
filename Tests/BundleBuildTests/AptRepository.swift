import FoundationEssentials
import Host
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// A small package archive in a folder, made and indexed by Debian's own tools.
struct AptRepository {
    static var toolsArePresent: Bool {
        ["apt-get", "dpkg-deb", "dpkg-scanpackages"].allSatisfy { access("/usr/bin/\($0)", X_OK) == 0 }
    }

    let path: FilePath
    private let runner = SystemProcessRunner()

    init(_ path: FilePath) throws {
        self.path = path
        try FileSystem.makeDirectories(path)
    }

    /// For `AptPackages`. The archive is unsigned, and says so.
    var sourceLine: String { "deb [trusted=yes] file:\(path) ./" }

    /// - Parameter fields: further lines of the control file: `Depends: …`.
    func add(_ name: String, _ version: String, architecture: String = "amd64", _ fields: String...) async throws {
        let tree = path.appending("tree-\(name)-\(UUID().uuidString)")
        let control =
            [
                "Package: \(name)", "Version: \(version)", "Architecture: \(architecture)",
                "Maintainer: Nobody <nobody@example.org>", "Description: a test",
            ] + fields
        try FileSystem.makeDirectories(tree.appending("DEBIAN"))
        try AtomicFile.write(
            Array((control.joined(separator: "\n") + "\n").utf8), to: tree.pushing("DEBIAN/control"))
        try await runner.require(Command("dpkg-deb", ["--root-owner-group", "-b", tree.string, path.string]))
        try FileManager.default.removeItem(atPath: tree.string)
    }

    /// Writes the index anew.
    func publish() async throws {
        try await runner.require(
            Command("sh", ["-c", "cd \"$1\" && dpkg-scanpackages --multiversion . > Packages", "sh", path.string]))
    }
}

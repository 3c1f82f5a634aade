import BundleModel
import FoundationEssentials
import Host
import Signing
import SystemPackage

@testable import BundleBuild

#if canImport(Glibc)
    import Glibc
#endif

/// A small package archive in a folder, made and indexed by Debian's own tools.
struct AptRepository {
    static var toolsArePresent: Bool {
        ["dpkg-deb", "dpkg-scanpackages", "gpg", "gpgv", "xz", "gzip"].allSatisfy {
            access("/usr/bin/\($0)", X_OK) == 0
        }
    }

    let path: FilePath
    private let runner = SystemProcessRunner()

    init(_ path: FilePath) throws {
        self.path = path
        try FileSystem.makeDirectories(path.appending("pool"))
    }

    /// Without suites and signature, and it says so.
    var sourceLine: String { "deb [trusted=yes] file:\(path) ./" }

    /// With a suite; whoever reads it needs a key.
    func suiteLine(suite: String = "bookworm", options: String = "") -> String {
        "deb \(options.isEmpty ? "" : "[\(options)] ")file:\(path) \(suite) main"
    }

    /// Makes a package without content.
    ///
    /// - Parameters:
    ///   - fields: further lines of the control file: `Depends: …`.
    ///   - compression: as dpkg-deb's -Z.
    /// - Returns: the package's file.
    @discardableResult
    func add(
        _ name: String, _ version: String, architecture: String = "amd64", _ fields: String...,
        compression: String = "gzip"
    ) async throws -> FilePath {
        let tree = path.appending("tree-\(name)-\(UUID().uuidString)")
        let control =
            [
                "Package: \(name)", "Version: \(version)", "Architecture: \(architecture)",
                "Maintainer: Nobody <nobody@example.org>", "Description: a test",
            ] + fields
        try FileSystem.makeDirectories(tree.appending("DEBIAN"))
        try AtomicFile.write(
            Array((control.joined(separator: "\n") + "\n").utf8), to: tree.pushing("DEBIAN/control"))
        let plain = version.split(separator: ":").last ?? ""
        let deb = path.pushing("pool").appending("\(name)_\(plain)_\(architecture).deb")
        try await runner.require(
            Command("dpkg-deb", ["--root-owner-group", "-Z\(compression)", "-b", tree.string, deb.string]))
        try FileManager.default.removeItem(atPath: tree.string)
        return deb
    }

    /// Writes the index of the archive without suites anew.
    func publish() async throws {
        try AtomicFile.write(Array(try await scan(".").utf8), to: path.appending("Packages"))
    }

    /// Writes the indexes of a suite anew: Packages in one form, and InRelease over it.
    ///
    /// - Parameters:
    ///   - form: `xz`, `gz`, or empty for a plain one.
    ///   - fields: further lines of InRelease.
    ///   - key: nil for one without a signature.
    ///   - architecture: whose Packages it is.
    ///   - alter: changes Packages before it is indexed: what the archive says is then what it signs.
    func publish(
        suite: String = "bookworm", form: String = "xz", fields: [String] = [], key: ArchiveKey?,
        architecture: String = "amd64", alter: (String) -> String = { $0 }
    ) async throws {
        let folder = path.pushing("dists").appending(suite)
        let place = folder.pushing("main").appending("binary-\(architecture)")
        try FileSystem.makeDirectories(place)
        let plain = place.appending("Packages")
        try AtomicFile.write(Array(alter(try await scan("pool")).utf8), to: plain)
        var file = plain
        if !form.isEmpty {
            try await runner.require(Command(form == "xz" ? "xz" : "gzip", ["-f", plain.string]))
            file = place.appending("Packages.\(form)")
        }
        let size = try FileSystem.status(file)?.size ?? 0
        let listed = "main/binary-\(architecture)/Packages\(form.isEmpty ? "" : ".\(form)")"
        let lines =
            ["Origin: Test", "Suite: stable", "Codename: \(suite)", "Date: Sat, 01 Aug 2026 12:00:00 UTC"] + fields + [
                "SHA256:", " \(try SHA256Hasher.hash(file: file).hex) \(size) \(listed)",
            ]
        let release = folder.appending("Release")
        let signed = folder.appending("InRelease")
        try AtomicFile.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: release)
        try FileSystem.remove(signed)
        if let key {
            try await key.clearSign(release, to: signed)
            try FileSystem.remove(release)
        }
    }

    private func scan(_ folder: String) async throws -> String {
        try await runner.require(
            Command(
                "sh", ["-c", "cd \"$1\" && exec dpkg-scanpackages --multiversion \"$2\"", "sh", path.string, folder])
        ).standardOutput
    }
}

import Host
import SystemPackage

@testable import InstallCore

/// The real dpkg with its records below a folder: dpkg's own way to work for another root.
struct DpkgBelow: ProcessRunner {
    private let root: FilePath

    /// With empty records.
    init(_ scratch: Scratch) throws {
        root = scratch.path.appending("root")
        try scratch.write("", to: "/root/var/lib/dpkg/status")
        for folder in ["info", "updates"] {
            try FileSystem.makeDirectories(root.pushing("var/lib/dpkg").appending(folder))
        }
    }

    func run(_ command: Command) async throws -> CommandResult {
        var command = command
        command.environment["DPKG_ROOT"] = root.string
        return try await SystemProcessRunner().run(command)
    }

    /// Makes version 1.0 of a package with one file, `/usr/share/kf/NAME`.
    ///
    /// - Parameters:
    ///   - needs: the package that it depends on.
    ///   - firstNeeds: the package that it pre-depends on.
    ///   - excludes: the package that it conflicts with.
    ///   - settings: a path below /etc of a file that dpkg keeps when the package is removed.
    /// - Returns: the .deb's path.
    static func package(
        _ name: String, needs: String? = nil, firstNeeds: String? = nil, excludes: String? = nil,
        settings: String? = nil, _ scratch: Scratch
    ) async throws -> String {
        var fields = [
            "Package: \(name)", "Version: 1.0", "Architecture: all", "Maintainer: nobody <nobody@example.org>",
        ]
        if let needs { fields.append("Depends: \(needs)") }
        if let firstNeeds { fields.append("Pre-Depends: \(firstNeeds)") }
        if let excludes { fields.append("Conflicts: \(excludes)") }
        fields.append("Description: \(name)")
        try scratch.write(fields.map { "\($0)\n" }.joined(), to: "/\(name)/DEBIAN/control")
        try scratch.write(name, to: "/\(name)/usr/share/kf/\(name)")
        if let settings {
            try scratch.write("\(settings)\n", to: "/\(name)/DEBIAN/conffiles")
            try scratch.write("packaged\n", to: "/\(name)\(settings)")
        }
        let file = scratch.path.appending("\(name).deb").string
        try await SystemProcessRunner().require(
            Command("dpkg-deb", ["--root-owner-group", "--build", scratch.path.appending(name).string, file]))
        return file
    }
}
